import type { ToolOptions } from "../tool.ts";

/** One call of a tool: its checked arguments, and what it can reach besides them. */
export interface ToolRequest<Input = unknown, Context = unknown> {
  readonly input: Input;
  readonly options: ToolOptions<Context>;
}
