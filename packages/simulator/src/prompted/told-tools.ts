import type { ChatRequest, OfferedTool, ResponseFormat, ToolChoice } from "../chat-request.ts";
import { isJsonObject, parseJson } from "../json.ts";

/** What a system text says in words and a request with tools of its own says in fields. */
export type ToldTools = Pick<ChatRequest, "tools" | "tool_choice" | "response_format">;

/**
 * Reads the tools that are told as `promptedTools` of `@pawl/models` tells them: the form of a call on a line, then `Tools:`
 * and a JSON object a line, then what is asked of calls and of the answer. Undefined when the text tells of none.
 */
export function toldTools(system: string): ToldTools | undefined {
  // The caller's own instructions come before it, and may quote it.
  const form = system.lastIndexOf(callForm);
  const list = form === -1 ? -1 : system.indexOf(listStart, form);
  if (list === -1) return undefined;
  const lines = system.slice(list + listStart.length).split("\n");
  const tools: OfferedTool[] = [];
  for (const line of lines) {
    const tool = toolIn(line);
    if (tool === undefined) break;
    tools.push(tool);
  }
  const rest = lines.slice(tools.length).join("\n");
  return { tools, ...choiceIn(rest), ...formatIn(rest) };
}

const callForm = '\n{"tool":"<name>","arguments":{…}}\n';
const listStart = "\nTools:\n";

function toolIn(line: string): OfferedTool | undefined {
  const told = parseJson(line);
  if (!isJsonObject(told) || typeof told["name"] !== "string") return undefined;
  const { name, description, parameters } = told;
  return {
    type: "function",
    function: {
      name,
      description: typeof description === "string" ? description : undefined,
      parameters: isJsonObject(parameters) ? parameters : undefined,
    },
  };
}

function choiceIn(words: string): { tool_choice?: ToolChoice } {
  if (/^Call at least one tool now\b/mu.test(words)) return { tool_choice: "required" };
  const name = parseJson(/^Call the tool (".*") now\b/mu.exec(words)?.[1] ?? "");
  return typeof name === "string" ? { tool_choice: { type: "function", function: { name } } } : {};
}

function formatIn(words: string): { response_format?: ResponseFormat } {
  const form = /^When you answer, the answer is nothing but (.*)/mu.exec(words)?.[1];
  if (form === undefined) return {};
  const schema = parseJson(/^JSON that fits this JSON Schema: (.*)/u.exec(form)?.[1] ?? "");
  return isJsonObject(schema)
    ? { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } }
    : { response_format: { type: "json_object" } };
}
