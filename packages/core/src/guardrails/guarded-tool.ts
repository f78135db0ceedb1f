import { notRun, ToolError, type ToolErrorOutcome, wordsOf } from "../errors.ts";
import type { Tool, ToolOptions } from "../tool.ts";
import { toolText } from "../calls/tool-text.ts";
import { isSignal } from "../wrapping/inner-calls.ts";
import type { ToolRequest } from "../wrapping/tool-request.ts";
import { wrapTool } from "../wrapping/wrap-tool.ts";
import { askGuards, type CheckedToolInput, type CheckedToolResult } from "./guardrails.ts";
import type { Guarding } from "./guarded-model.ts";

type Input = CheckedToolInput["input"];

/** A tool whose arguments and results have passed the guardrails. */
export function guardedTool(tool: Tool, by: Guarding): Tool {
  const { toolInput, toolResult } = by.guards;
  let guarded = tool as Tool<string, Input, unknown, unknown>;
  if (toolResult.length > 0) guarded = wrapTool(guarded, (call, next) => result(call, next, by));
  if (toolInput.length > 0)
    guarded = wrapTool(guarded, async ({ input, options }, next) =>
      next({ input: await allowed(tool, { input, options }, by), options }),
    );
  return guarded;
}

/** @throws ToolError when the call is blocked: it was not run. */
async function allowed(
  { inputSchema }: Tool,
  { input, options }: ToolRequest<Input>,
  { guards, clean }: Guarding,
): Promise<Input> {
  const replaced = async (checked: CheckedToolInput, value: unknown): Promise<CheckedToolInput> => {
    const parsed = await inputSchema.parse(value);
    if (!parsed.issues) return { ...checked, input: parsed.value as Input };
    throw new TypeError(
      `the arguments of a guardrail do not fit: ${parsed.issues.slice(0, 10).join("; ")}`,
    );
  };
  const passage = await askGuards<CheckedToolInput, unknown>(
    guards.toolInput,
    { ...namesOf(options), input },
    { context: options.context, signal: options.signal, replaced, clean },
  );
  if (passage.blocked === undefined) return passage.checked.input;
  throw notRun("guardrail", `Not executed: ${passage.blocked}`);
}

async function result(
  { input, options }: ToolRequest<Input>,
  next: (request: ToolRequest<Input>) => Promise<unknown>,
  { guards, clean }: Guarding,
): Promise<unknown> {
  const given = await outcomeOf(next({ input, options }));
  const passage = await askGuards<CheckedToolResult, unknown>(
    guards.toolResult,
    { ...namesOf(options), input, ...given.seen },
    { context: options.context, signal: options.signal, replaced: inPlace, clean },
  );
  if (passage.blocked !== undefined)
    throw new ToolError(`The call did run, but its result is withheld: ${passage.blocked}`, {
      code: "guardrail",
      outcome: outcomeAfter(given.error),
    });
  const { output, text, isError } = passage.checked;
  if (!isError) return output;
  throw passage.isReplaced
    ? new ToolError(text, { code: "failed", outcome: "failed" })
    : given.error;
}

/** What the caller must believe of a call whose result nobody sees. */
function outcomeAfter(error: unknown): ToolErrorOutcome {
  if (error instanceof ToolError) return error.outcome;
  return error === undefined ? "unknown" : "failed";
}

interface Outcome {
  readonly seen: Pick<CheckedToolResult, "output" | "text" | "isError">;
  readonly error?: unknown;
}

/** What a call gave, also when that is an error: the model reads the words of one. */
async function outcomeOf(work: Promise<unknown>): Promise<Outcome> {
  try {
    const output = await work;
    return { seen: { output, text: toolText(output), isError: false } };
  } catch (error) {
    if (isSignal(error)) throw error;
    const words = error instanceof ToolError ? error.message : `Error: ${wordsOf(error)}`;
    return { error, seen: { output: undefined, text: toolText(words), isError: true } };
  }
}

function inPlace(checked: CheckedToolResult, value: unknown): CheckedToolResult {
  const text = toolText(value);
  return checked.isError ? { ...checked, text } : { ...checked, text, output: value };
}

function namesOf({ callId, toolName }: ToolOptions): { callId: string; toolName: string } {
  return { callId, toolName };
}
