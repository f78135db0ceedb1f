import { chosen, type Command, readCommand, UsageError } from "./command.ts";
import type { Probe, Target } from "./probe.ts";
import { probes } from "./probes.ts";
import { document, type Line, table } from "./report.ts";
import { runScenarios } from "./run-scenarios.ts";
import { scenarios } from "./scenarios.ts";
import { byteByByte, costOf, inTwo, unsplit } from "./splits.ts";

/** Plays the scenarios to the adapter, or looks at an endpoint, and says what was seen. */
async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2), process.env);
  const { target, isJson } = command;
  const lines = await (target ? probeAll(target, command) : playAll(command));
  const text = isJson ? document(lines) : table(lines);
  const key = target?.apiKey;
  // Servers repeat what they refuse; the key must not be seen in what they said.
  console.log(key ? text.replaceAll(key, "…") : text);
  process.exitCode = lines.some(({ outcome }) => outcome === "fail") ? 1 : 0;
}

async function playAll({ only }: Command): Promise<readonly Line[]> {
  const verdicts = await runScenarios(chosen(scenarios, only), (scenario) =>
    costOf(scenario) === "little" ? [unsplit, ...inTwo(scenario, 2), byteByByte] : [unsplit],
  );
  return verdicts.map(({ id, rule, problems, ms }) => ({
    id,
    rule,
    outcome: problems.length === 0 ? "pass" : "fail",
    details: problems,
    ms,
  }));
}

/** One after the other: a server that is asked too much at once would answer with limits. */
async function probeAll(target: Target, { only }: Command): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const probe of chosen(probes, only)) lines.push(await lineOf(probe, target));
  return lines;
}

async function lineOf({ id, rule, look }: Probe, target: Target): Promise<Line> {
  const start = performance.now();
  const { outcome, seen } = await look(target);
  return { id, rule, outcome, details: [seen], ms: performance.now() - start };
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
