import { setTimeout as sleep } from "node:timers/promises";

import { type Tool, wrapTool } from "@pawl/core";

/** A tool that begins a call at most every so many milliseconds; the others wait in line. */
export function rateLimited<Name extends string, Input, Output, Context>(
  tool: Tool<Name, Input, Output, Context>,
  { everyMs = 1000 } = {},
): Tool<Name, Input, Output, Context> {
  let nextAt = 0;
  return wrapTool(tool, async (request, next) => {
    const now = Date.now();
    const startAt = Math.max(now, nextAt);
    nextAt = startAt + everyMs;
    // A call that is aborted while it waits is not run any more.
    if (startAt > now) await sleep(startAt - now, undefined, { signal: request.options.signal });
    return next(request);
  });
}
