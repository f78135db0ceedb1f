import type { Schema } from "../schema.ts";
import { tool, type Tool } from "../tool.ts";
import { resultId, type ResultStore } from "./result-store.ts";
import { opening } from "./shortened.ts";

/** What the tool is called that reads results which are kept aside. */
export const readResultName = "read_result";

/** How much one call reads: at most, and when it does not say. */
const mostCharacters = 16_384;
const usualCharacters = 8192;

interface Piece {
  readonly id: string;
  readonly offset: number;
  readonly length: number;
}

const piece: Schema<Piece> = {
  json: {
    type: "object",
    properties: {
      id: { type: "string", description: "The id that is named where the result was cut." },
      offset: { type: "integer", minimum: 0, description: "The first character to read, from 0." },
      length: {
        type: "integer",
        minimum: 1,
        maximum: mostCharacters,
        description: `How many characters to read; ${usualCharacters} when left out.`,
      },
    },
    required: ["id"],
  },
  parse: (value) => {
    const given = Object(value) as { readonly [Key in keyof Piece]?: unknown };
    const { id, offset = 0, length = usualCharacters } = given;
    const issues: string[] = [];
    if (typeof id !== "string") issues.push("id: must be a text");
    if (!isWhole(offset, 0)) issues.push("offset: must be a whole number of at least 0");
    if (!isWhole(length, 1)) issues.push("length: must be a whole number of at least 1");
    if (issues.length > 0) return { issues };
    return { value: { id, offset, length } as Piece };
  },
};

function isWhole(value: unknown, least: number): boolean {
  return Number.isInteger(value) && (value as number) >= least;
}

/** A tool that reads on in results of the same run that are kept aside. */
export function readResult(store: ResultStore): Tool {
  return tool({
    name: readResultName,
    description:
      "Reads a part of a long result that was cut. Use it only where the text of a result says that it was cut and names an id.",
    inputSchema: piece,
    execute: async ({ id, offset, length }: Piece, { runId }) => {
      const text: unknown = await store.get(resultId(runId, id));
      // A store by hand may say `null` when it has none.
      if (typeof text !== "string")
        throw new Error(
          `There is no result kept under the id ${JSON.stringify(id)} in this run. Ids are named where a result was cut.`,
        );
      if (offset >= text.length)
        throw new Error(`The result has ${text.length} characters: "offset" must be less.`);
      const from = isSecondHalf(text, offset) ? offset - 1 : offset;
      const part = opening(text.slice(from), Math.max(2, Math.min(length, mostCharacters)));
      const end = from + part.length;
      const rest = end < text.length ? `; read on from offset ${end}` : ", the end";
      return `${part}\n[characters ${from} to ${end} of ${text.length}${rest}]`;
    },
  }) as Tool;
}

function isSecondHalf(text: string, index: number): boolean {
  return /[\uDC00-\uDFFF]/.test(text.charAt(index));
}
