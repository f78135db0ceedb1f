import { isThenable } from "../thenable.ts";
import type { Tool, ToolReturn } from "../tool.ts";
import { InnerCalls, isGenerator } from "./inner-calls.ts";
import type { ToolRequest } from "./tool-request.ts";

/**
 * What stands between the loop and a tool. `next` runs the tool: once, several times or not at all. Progress that a tool
 * yields comes out while `next` is awaited, and no faster than it is read. What the wrapper does not know it must throw
 * again, also what is no `Error`: the loop has signals of its own (a subagent that pauses throws one), and these end the call
 * even when the wrapper keeps them to itself.
 */
export type ToolWrapper<Input, Output, Context> = (
  request: ToolRequest<Input, Context>,
  next: (request: ToolRequest<Input, Context>) => Promise<Output>,
) => ToolReturn<Output>;

/**
 * A tool with a wrapper around its `execute`; all else is the tool's own. A call that was aborted or is out of time reaches
 * the tool no more, whatever the wrapper does.
 *
 * @throws TypeError when the first argument is no tool or the second no function.
 */
export function wrapTool<Name extends string, Input, Output, Context>(
  tool: Tool<Name, Input, Output, Context>,
  wrapper: ToolWrapper<Input, Output, Context>,
): Tool<Name, Input, Output, Context> {
  if (typeof Object(tool).execute !== "function")
    throw new TypeError("wrapTool: the first argument must be a tool, made by tool({ … }).");
  if (typeof wrapper !== "function")
    throw new TypeError(
      "wrapTool: the second argument must be a function, such as (request, next) => next(request).",
    );
  return {
    ...tool,
    execute: (input, options) => {
      const calls = new InnerCalls(tool, options);
      const returned = wrapper({ input, options }, (request) => calls.next(request));
      if (isGenerator(returned)) return calls.during(returned);
      if (!isThenable(returned)) return returned;
      return calls.during(Promise.resolve(returned));
    },
  };
}
