import type { ModelCapabilities, ModelRequest, ToolChoice, ToolSpec } from "@pawl/core";

import type { JsonObject } from "../wire/json.ts";

/** Which tools are offered to what kind of model, and how it has to treat them. */
interface Offer extends Pick<ModelRequest, "tools" | "toolChoice"> {
  readonly capabilities: ModelCapabilities;
  /** Whether several calls may come at once; undefined when the server decides. */
  readonly isParallel: boolean | undefined;
}

/** The fields of a request that offer tools; none without any. */
export function toolFields({ tools, toolChoice, capabilities, isParallel }: Offer): JsonObject {
  if (tools.length === 0) return {};
  const isForcible = capabilities.toolChoice !== false;
  const offered = isForcible ? tools : narrowed(tools, toolChoice);
  const isSaid = toolChoice !== "auto" && (isForcible || toolChoice === "none");
  return {
    tools: offered.map(wireTool),
    ...(isSaid && { tool_choice: wireChoice(toolChoice) }),
    ...(isParallel !== undefined && { parallel_tool_calls: isParallel }),
  };
}

/**
 * What is offered to a model that cannot be made to call a tool: AI/ML API and DeepSeek refuse such requests
 * (aimlapi/openclaw-aimlapi, vectorize-io/hindsight#1253), so the one tool that is wanted is the only one offered.
 */
function narrowed(tools: readonly ToolSpec[], choice: ToolChoice): readonly ToolSpec[] {
  const wanted = typeof choice === "object" && tools.find(({ name }) => name === choice.tool);
  return wanted ? [wanted] : tools;
}

function wireTool({ name, description, parameters }: ToolSpec): object {
  return { type: "function", function: { name, description, parameters } };
}

function wireChoice(choice: ToolChoice): unknown {
  return typeof choice === "string"
    ? choice
    : { type: "function", function: { name: choice.tool } };
}
