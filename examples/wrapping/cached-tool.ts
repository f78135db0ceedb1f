import { type Tool, wrapTool } from "@pawl/core";

/** A tool that remembers what it gave for the same arguments, for a while. For tools that only look. */
export function cached<Name extends string, Input, Output, Context>(
  tool: Tool<Name, Input, Output, Context>,
  { ttlMs = 60_000 } = {},
): Tool<Name, Input, Output, Context> {
  const known = new Map<string, { readonly output: Promise<Output>; readonly until: number }>();
  return wrapTool(tool, async (request, next) => {
    const key = JSON.stringify(request.input);
    const hit = known.get(key);
    if (hit && hit.until > Date.now()) return hit.output;
    const output = next(request);
    known.set(key, { output, until: Date.now() + ttlMs });
    try {
      return await output;
    } catch (error) {
      // A failure is nothing to remember.
      known.delete(key);
      throw error;
    }
  });
}
