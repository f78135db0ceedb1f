import { ModelError } from "@pawl/core";

/** An answer that came whole and cannot be used; asked again, the server would say the same. */
export function unusableAnswer(problem: string): ModelError {
  return new ModelError(`The answer cannot be used: ${problem}.`, { code: "protocol" });
}
