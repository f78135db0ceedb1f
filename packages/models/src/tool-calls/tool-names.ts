/**
 * The registered tool that a model means by `raw`, or undefined. Models trained on other prompts write `functions.add` or
 * `functions.add:12` (craft-ai-agents/craft-agents-oss#449, OpenHands/OpenHands#10048); what is added is taken off only when the rest is a tool and the whole is none.
 */
export function toolNamed(raw: string, names: ReadonlySet<string>): string | undefined {
  if (names.has(raw)) return raw;
  const bare = raw.replace(/^functions\./, "").replace(/:\d+$/, "");
  return names.has(bare) ? bare : undefined;
}

/** Whether a call is an envelope around several calls, which some models write in place of several calls. */
export function isParallelEnvelope(name: string): boolean {
  return name === "multi_tool_use.parallel" || name === "parallel";
}

/** A name fit to be sent back: one with other characters in it is refused by the next request. */
export function sendableName(name: string): string {
  return name.replace(/[^\w-]/g, "_").slice(0, 64) || "unknown";
}
