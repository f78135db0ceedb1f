export { checkOptions } from "./options.ts";
export { tool } from "./tool.ts";
export type { Tool, ToolDefinition, ToolEffect, ToolOptions } from "./tool.ts";
