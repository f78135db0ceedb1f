import { readers } from "./readers.ts";

/** A process of its own for each figure: warms up, then counts the CPU time of many answers. */
const [subject = "", model = "", baseURL = ""] = process.argv.slice(2);
const [kind, , size] = model.split("-");
const read = readers[subject]?.({ baseURL, model });
if (!read) throw new Error(`There is nothing called ${subject}.`);
// As much of each size, and of the shortest as often as it takes to be compiled.
const rounds = kind === "tokens" ? 60 : Math.max(12, Math.ceil(4_000_000 / Number(size)));

for (let i = 0; i < rounds; i++) await read();
const before = process.cpuUsage();
for (let i = 0; i < rounds; i++) if (!(await read())) throw new Error("The answer is empty.");
const { user, system } = process.cpuUsage(before);
const spent = (user + system) / rounds;
// Microseconds for one token, milliseconds for a whole answer.
process.send?.(spent / (kind === "tokens" ? Number(size) : 1_000));
process.disconnect?.();
