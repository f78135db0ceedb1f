import { cpus } from "node:os";
import { parseArgs } from "node:util";

import { argumentRows } from "./argument-rows.ts";
import { runRows } from "./run-rows.ts";
import { stepRows } from "./step-rows.ts";
import { tokenRows } from "./token-rows.ts";

/**
 * CPU time of Pawl and of the same written by hand, against the same server, in interleaved rounds. `pnpm bench`,
 * `pnpm bench --rounds 9`, `pnpm bench --only steps` (or `tokens`, `arguments`, `runs`).
 */
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, only: { type: "string" } },
});
const tables = { steps: stepRows, tokens: tokenRows, arguments: argumentRows, runs: runRows };
const rounds = Number(values.rounds);
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${rounds} rounds; CPU time, median (min–max)`,
);
for (const [name, rows] of Object.entries(tables))
  if (values.only === undefined || values.only === name) await rows(rounds, console.log);
