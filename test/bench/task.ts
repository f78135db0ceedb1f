import { z } from "zod";

/** What both loops are given to do: the same tool, the same arguments, the same checks. */
export const question = "Look up every record, one after another.";
export const instructions = "Use the tool until there is nothing left to look up.";
export const toolName = "look_up";
export const toolDescription = "Looks up one record by its number";
export const inputSchema = z.object({ record: z.number().int(), fields: z.array(z.string()) });

/** The result of one call: about 200 characters, as small tools give. */
export function lookUp({ record, fields }: z.infer<typeof inputSchema>): string {
  return JSON.stringify({ record, fields, value: "x".repeat(120), next: record + 1 });
}

/** A loop to be measured: runs the task against a server and returns the final text. */
export type Loop = (baseURL: string, isStreamed: boolean) => (model: string) => Promise<string>;
