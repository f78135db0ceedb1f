import type { Model, RunResult, ToolSuccess } from "@pawl/core";
import { aimlapi, cohere } from "@pawl/models";
import { simulator } from "@pawl/simulator";

process.on("uncaughtException", (error) => {
  // What a user got wrong is a TypeError with one sentence; a stack would only bury it.
  fail(error.message);
  process.exit();
});
// Whoever reads on (`| head`) may have seen enough.
process.stdout.on("error", () => process.exit());

/**
 * What all examples share: a model, and a way to end. With a key the model is Command R+ on AI/ML API; without one it is the
 * simulator on this machine, which plans by rules and speaks the same protocol. `PAWL_PROVIDER` says which, if you mind;
 * `cohere` is Cohere's own API. `PAWL_MODEL` is the provider's name for another model.
 */
const given = process.env["PAWL_MODEL"];
const keys = ["AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY"];
const hasKey = keys.some((name) => process.env[name]);
const provider = process.env["PAWL_PROVIDER"] ?? (hasKey ? "aimlapi" : "simulator");
const server = provider === "simulator" ? await simulator() : undefined;

export const model: Model = connect();

/** Prints how a run ended, and lets the program end. */
export async function show(result: RunResult<ToolSuccess, unknown>): Promise<void> {
  if (result.status === "completed") console.log(result.text);
  else if (result.status === "failed") fail(result.error.message);
  else fail(`The run is ${result.status}.`);
  await server?.close();
}

function connect(): Model {
  if (provider === "cohere") return cohere(given ?? "command-r-plus-08-2024");
  const name = given ?? "cohere/command-r-plus-08-2024";
  if (server) return aimlapi(name, { baseURL: server.url, apiKey: "none-needed" });
  if (provider === "aimlapi") return aimlapi(name);
  throw new TypeError(
    `PAWL_PROVIDER must be "aimlapi", "cohere" or "simulator", not "${provider}".`,
  );
}

function fail(sentence: string): void {
  console.error(sentence);
  process.exitCode = 1;
}
