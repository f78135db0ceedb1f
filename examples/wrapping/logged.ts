import { type Model, type Tool, wrapModel, wrapTool } from "@pawl/core";

type Log = (line: string) => void;

/** A model that says how long its answers take, and what they cost. */
export function loggedModel(model: Model, log: Log = console.log): Model {
  return wrapModel(model, async function* (request, next) {
    const startedAt = performance.now();
    const answer = yield* next(request);
    const tokens = answer.usage?.totalTokens ?? "?";
    log(`${model.id}: ${tokens} tokens in ${took(startedAt)}`);
    return answer;
  });
}

/** A tool that says what it is given and what it gives. */
export function loggedTool<Name extends string, Input, Output, Context>(
  tool: Tool<Name, Input, Output, Context>,
  log: Log = console.log,
): Tool<Name, Input, Output, Context> {
  return wrapTool(tool, async (request, next) => {
    const startedAt = performance.now();
    const call = `${request.options.toolName}(${JSON.stringify(request.input)})`;
    try {
      const output = await next(request);
      log(`${call} gave ${JSON.stringify(output)} in ${took(startedAt)}`);
      return output;
    } catch (error) {
      log(`${call} failed in ${took(startedAt)}`);
      throw error;
    }
  });
}

function took(startedAt: number): string {
  return `${Math.round(performance.now() - startedAt)} ms`;
}
