import type { ChatMessage, ChatRequest } from "./chat-request.ts";
import {
  either,
  hasFields,
  isBetween,
  isListOf,
  isOneOf,
  issue,
  isType,
  orNull,
  type Check,
  type Issue,
} from "./check.ts";
import { HttpError } from "./errors.ts";
import { isJsonObject, parseJson } from "./json.ts";

/** The body as a request, or a 400 with the list of what is wrong; unknown fields pass, as they do at the gateway. */
export function validateRequest(body: unknown): ChatRequest {
  const issues: Issue[] = [];
  if (isChatRequest(body, issues)) {
    issues.push(...pairingIssues(body.messages));
    if (issues.length === 0) return body;
  }
  throw new HttpError(400, "Invalid payload provided", { issues });
}

function isChatRequest(body: unknown, issues: Issue[]): body is ChatRequest {
  issues.push(...checkBody(body, []));
  return issues.length === 0;
}

const content: Check = either(
  isType("string"),
  isListOf(hasFields({ type: isType("string") }, ["type"])),
);

const toolCall: Check = hasFields(
  {
    id: isType("string"),
    type: isOneOf("function", "custom"),
    function: hasFields({ name: isType("string"), arguments: isJsonText }, ["name", "arguments"]),
  },
  ["id", "function"],
);

const messageByRole: Readonly<Record<string, Check>> = {
  system: hasFields({ content }, ["content"]),
  developer: hasFields({ content }, ["content"]),
  user: hasFields({ content }, ["content"]),
  tool: hasFields({ content, tool_call_id: isType("string") }, ["content", "tool_call_id"]),
  assistant: (value, path) => {
    const hasCalls = isJsonObject(value) && value["tool_calls"] !== undefined;
    return hasFields({ content, tool_calls: isListOf(toolCall) }, hasCalls ? [] : ["content"])(
      value,
      path,
    );
  },
};

const checkBody: Check = hasFields(
  {
    model: isType("string"),
    messages: (value, path) =>
      Array.isArray(value) && value.length === 0
        ? [issue(path, "Array must contain at least 1 element(s)")]
        : isListOf(checkMessage)(value, path),
    tools: isListOf(checkTool, 128),
    tool_choice: either(
      isOneOf("none", "auto", "required"),
      hasFields(
        { type: isType("string"), function: hasFields({ name: isType("string") }, ["name"]) },
        ["type"],
      ),
    ),
    parallel_tool_calls: isType("boolean"),
    max_tokens: isBetween(1),
    max_completion_tokens: isBetween(1),
    temperature: isBetween(0, 2),
    top_p: isBetween(0.01, 1),
    frequency_penalty: orNull(isBetween(-2, 2)),
    presence_penalty: orNull(isBetween(-2, 2)),
    seed: isBetween(1),
    stop: orNull(either(isType("string"), isListOf(isType("string"), 4))),
    stream: isType("boolean"),
    stream_options: hasFields({ include_usage: isType("boolean") }),
    response_format: hasFields(
      {
        type: isOneOf("text", "json_object", "json_schema"),
        json_schema: hasFields({ name: isType("string"), schema: isType("object") }, ["name"]),
      },
      ["type"],
    ),
  },
  ["model", "messages"],
);

function checkMessage(value: unknown, path: readonly (string | number)[]): readonly Issue[] {
  if (!isJsonObject(value)) return isType("object")(value, path);
  const role = value["role"];
  const check = typeof role === "string" ? messageByRole[role] : undefined;
  if (check !== undefined) return check(value, path);
  return isOneOf(...Object.keys(messageByRole))(role, [...path, "role"]);
}

function checkTool(value: unknown, path: readonly (string | number)[]): readonly Issue[] {
  const isFunction = isJsonObject(value) && value["type"] === "function";
  const described = {
    name: isType("string"),
    description: isType("string"),
    parameters: isType("object"),
  };
  return hasFields({ type: isType("string"), function: hasFields(described, ["name"]) }, [
    "type",
    ...(isFunction ? ["function"] : []),
  ])(value, path);
}

function isJsonText(value: unknown, path: readonly (string | number)[]): readonly Issue[] {
  if (typeof value !== "string") return isType("string")(value, path);
  return isJsonObject(parseJson(value))
    ? []
    : [issue(path, "Tool call arguments must be a valid JSON object")];
}

/** Every call is answered once, right after it is made, and nothing else is answered. */
function pairingIssues(messages: readonly ChatMessage[]): readonly Issue[] {
  const issues: Issue[] = [];
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      if (!open.delete(message.tool_call_id ?? "")) {
        const text = `No open tool call has the id ${JSON.stringify(message.tool_call_id)}`;
        issues.push(issue(["messages", index, "tool_call_id"], text));
      }
      continue;
    }
    issues.push(...unanswered(open, index));
    open = new Set(message.tool_calls?.map((call) => call.id));
  }
  issues.push(...unanswered(open, messages.length));
  return issues;
}

function unanswered(open: ReadonlySet<string>, index: number): readonly Issue[] {
  return [...open].map((id) =>
    issue(["messages", index], `Tool call ${JSON.stringify(id)} has no answer before this point`),
  );
}
