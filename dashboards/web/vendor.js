/** Copies the browser's part of the front-end libraries from node_modules to vendor/, which the API serves. */

import { cp, mkdir, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const from = join(here, "node_modules", "lit-html");
const to = join(here, "vendor", "lit-html");

/** @param {string} path A file or folder of the package. */
function isServed(path) {
  const inside = relative(from, path);
  if (inside === "" || inside === "directives" || basename(path) === "LICENSE") return true;
  return path.endsWith(".js") && !inside.startsWith("node") && !inside.startsWith("development");
}

await rm(to, { recursive: true, force: true });
await mkdir(to, { recursive: true });
await cp(from, to, { recursive: true, filter: isServed });
