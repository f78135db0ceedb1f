import { checkCount } from "../count.ts";
import type { SchemaSource } from "../schema.ts";
import { OutputForm } from "./output-form.ts";

interface OutputOptions {
  readonly output?: SchemaSource | undefined;
  readonly outputRetries?: number | undefined;
}

/** @throws TypeError for an output that is no schema, and for a count of retries that is none. */
export function readOutput(
  where: string,
  { output, outputRetries = 2 }: OutputOptions,
): { readonly output: OutputForm | undefined; readonly outputRetries: number } {
  checkCount(where, ["outputRetries", outputRetries], { least: 0, most: 10 });
  return {
    output: output === undefined ? undefined : new OutputForm(where, output),
    outputRetries,
  };
}
