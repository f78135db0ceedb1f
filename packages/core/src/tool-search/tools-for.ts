import type { AgentSetup } from "../agent-setup.ts";
import type { ToolSpec } from "../model.ts";
import { offered } from "../turn/offered.ts";
import type { StepChanges } from "../turn/prepare-step.ts";
import type { Running } from "../running.ts";
import { searchToolsName } from "./found-tools.ts";
import { OfferedTools } from "./offered-tools.ts";
import type { ToolSearch } from "./tool-search.ts";

/**
 * The tools of a step: all of the agent's, or those that it always shows and those that were found, less what `activeTools`
 * leaves out.
 *
 * @throws TypeError when a tool is forced that was not found.
 */
export function toolsFor(
  it: Running,
  { activeTools, toolChoice }: Pick<StepChanges, "activeTools" | "toolChoice">,
): readonly ToolSpec[] {
  const { agent, conversation } = it;
  if (!agent.toolSearch) return activeTools ? offered(agent, activeTools) : agent.specs;
  const specs = offeredTools(it, agent.toolSearch).specsFor(conversation.messages);
  const tools = activeTools
    ? offered(
        agent,
        specs.map(({ name }) => name).filter((name) => activeTools.includes(name)),
      )
    : specs;
  if (typeof toolChoice === "object" && !tools.some(({ name }) => name === toolChoice.tool))
    throw new TypeError(
      `prepareStep: "toolChoice" names "${toolChoice.tool}", which no search has found; put it into "toolSearch.always".`,
    );
  return tools;
}

/** What the model is told beside the refusal of a tool that is not offered, or not there. */
export function searchHint({ toolSearch }: AgentSetup, name?: string): string {
  if (!toolSearch) return "";
  if (name === undefined || !toolSearch.isHidden(name))
    return ` Other tools are found with ${searchToolsName}.`;
  const query = JSON.stringify({ query: name });
  return ` Call ${searchToolsName}(${query}) first; the tool is offered afterwards.`;
}

/** Each agent that a run is handed over to offers its own tools. */
const offeredBy = new WeakMap<Running, Map<AgentSetup, OfferedTools>>();

function offeredTools(it: Running, search: ToolSearch): OfferedTools {
  let byAgent = offeredBy.get(it);
  if (!byAgent) offeredBy.set(it, (byAgent = new Map()));
  const { agent } = it;
  let tools = byAgent.get(agent);
  if (!tools) {
    const always = agent.specs.map(({ name }) => name).filter((name) => !search.isHidden(name));
    tools = new OfferedTools({ ...search, always }, (names) => offered(agent, names));
    byAgent.set(agent, tools);
  }
  return tools;
}
