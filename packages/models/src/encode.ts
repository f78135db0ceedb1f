import type { Message, ModelRequest, RunRef, ToolCall, ToolChoice, ToolSpec } from "@pawl/core";

import type { ChatSetup } from "./chat-options.ts";
import { sendableName } from "./tool-names.ts";

/**
 * Writes requests. A message is turned into JSON once in its life: the bytes are kept beside the run (and go with it), so a
 * step costs what is new in it, not what was said before. So are the tools, which stay the same from step to step.
 */
export class Encoder {
  readonly #settings: ChatSetup;
  readonly #runs = new WeakMap<RunRef, WeakMap<Message, Buffer>>();
  readonly #tools = new WeakMap<readonly ToolSpec[], string>();

  constructor(settings: ChatSetup) {
    this.#settings = settings;
  }

  /** The body of a request. */
  encode({ run, instructions, messages, tools, toolChoice }: ModelRequest): Buffer {
    const known = this.#known(run);
    const parts: Buffer[] = [Buffer.from(this.#opening(tools, toolChoice))];
    if (instructions) parts.push(messageBytes({ role: "system", content: instructions }));
    for (const message of messages) {
      let bytes = known.get(message);
      if (!bytes) known.set(message, (bytes = messageBytes(message)));
      parts.push(bytes);
    }
    if (parts.length === 1) parts.push(Buffer.from(","));
    // Each message brings the comma before it; the first one's becomes the bracket that opens the list.
    const body = Buffer.concat([...parts, closing]);
    body[parts[0]?.length ?? 0] = openBracket;
    return body;
  }

  #known(run: RunRef): WeakMap<Message, Buffer> {
    let known = this.#runs.get(run);
    if (!known) this.#runs.set(run, (known = new WeakMap()));
    return known;
  }

  #opening(tools: readonly ToolSpec[], toolChoice: ToolChoice): string {
    const { model, isStreamed, maxTokens } = this.#settings;
    const fields: Record<string, unknown> = {
      model,
      stream: isStreamed,
      ...(isStreamed && { stream_options: { include_usage: true } }),
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      ...(tools.length > 0 && toolChoice !== "auto" && { tool_choice: wireChoice(toolChoice) }),
    };
    const offered = tools.length > 0 ? `"tools":${this.#toolsText(tools)},` : "";
    return `${JSON.stringify(fields).slice(0, -1)},${offered}"messages":`;
  }

  #toolsText(tools: readonly ToolSpec[]): string {
    let text = this.#tools.get(tools);
    if (text === undefined) this.#tools.set(tools, (text = JSON.stringify(tools.map(wireTool))));
    return text;
  }
}

const closing = Buffer.from("]}");
const openBracket = "[".charCodeAt(0);

function messageBytes(message: Message): Buffer {
  return Buffer.from(`,${JSON.stringify(wireMessage(message))}`);
}

function wireMessage(message: Message): object {
  if (message.role === "tool")
    return { role: "tool", tool_call_id: message.callId, content: message.content };
  if (message.role !== "assistant") return { role: message.role, content: message.content };
  // Never `content: null`: AI/ML API answers 400 to it, whatever its schema says (CONTRACT §0.5).
  return {
    role: "assistant",
    content: message.content,
    // Nor an empty list of calls, which others refuse.
    ...(message.toolCalls?.length && { tool_calls: message.toolCalls.map(wireCall) }),
  };
}

function wireCall({ id, name, input }: ToolCall): object {
  return {
    id,
    type: "function",
    function: { name: sendableName(name), arguments: JSON.stringify(input) },
  };
}

function wireTool({ name, description, parameters }: ToolSpec): object {
  return { type: "function", function: { name, description, parameters } };
}

function wireChoice(choice: ToolChoice): unknown {
  return typeof choice === "string"
    ? choice
    : { type: "function", function: { name: choice.tool } };
}
