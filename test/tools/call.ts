import type { Tool, ToolOptions } from "@pawl/core";

/** Calls a tool as the loop would: arguments are checked first, and what is wrong with them is thrown. */
export async function call<Input, Output>(
  called: Tool<string, Input, Output, unknown>,
  input: unknown,
  signal: AbortSignal = new AbortController().signal,
): Promise<Output> {
  const parsed = await called.inputSchema.parse(input);
  if (parsed.issues) throw new Error(parsed.issues.join("\n"));
  return (await called.execute(parsed.value as Input, toolOptions(called.name, signal))) as Output;
}

function toolOptions(toolName: string | undefined, signal: AbortSignal): ToolOptions {
  return {
    context: undefined,
    signal,
    idempotencyKey: "run-1/call-1",
    callId: "call-1",
    toolName: toolName ?? "",
    runId: "run-1",
    isWatched: false,
    mayRetry: () => false,
    budget: undefined as never,
    safeguards: undefined,
    progress: () => {},
    spend: () => {},
    steps: {
      run: () => {
        throw new Error("These tools have no steps.");
      },
      signal: () => Promise.resolve(undefined),
    },
  };
}
