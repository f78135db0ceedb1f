import type { Model } from "@pawl/core";

/** @throws TypeError when it is no model; its name is what is mostly given in its place. */
export function checkModelGiven(where: string, model: unknown): asserts model is Model {
  if (typeof Object(model).respond !== "function")
    throw new TypeError(
      `${where} takes a model, such as aimlapi("cohere/command-r-plus-08-2024"), not its name.`,
    );
}

/** @throws TypeError when it is no path. */
export function checkFile(where: string, file: unknown): asserts file is string {
  if (typeof file !== "string" || file === "")
    throw new TypeError(`${where}: the file must be a path, such as "cassettes/weather.jsonl".`);
}
