import { setTimeout as sleep } from "node:timers/promises";

import { type Tool, wrapTool } from "@pawl/core";

/** A tool that is tried again when it fails, after a pause that doubles. For tools that may be run twice. */
export function retried<Name extends string, Input, Output, Context>(
  tool: Tool<Name, Input, Output, Context>,
  { times = 3, pauseMs = 100 } = {},
): Tool<Name, Input, Output, Context> {
  return wrapTool(tool, async (request, next) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await next(request);
      } catch (error) {
        // What is no Error is a signal of Pawl's own, such as a subagent that pauses.
        if (!(error instanceof Error) || attempt === times) throw error;
        const { signal } = request.options;
        await sleep(pauseMs * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  });
}
