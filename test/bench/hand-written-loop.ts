import { Agent, request } from "undici";
import { z } from "zod";

import {
  inputSchema,
  instructions,
  type Loop,
  lookUp,
  question,
  toolDescription,
  toolName,
} from "./task.ts";

interface WireCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

interface WireMessage {
  role: string;
  content: string;
  tool_calls?: WireCall[];
  tool_call_id?: string;
}

/** The measure of all frameworks: what one writes by hand when one wants nothing but the task, and checks arguments. */
export const handWrittenLoop: Loop = (baseURL, isStreamed) => {
  const dispatcher = new Agent();
  const parameters = z.toJSONSchema(inputSchema);
  const tools = [
    { type: "function", function: { name: toolName, description: toolDescription, parameters } },
  ];
  return async (model) => {
    const messages: WireMessage[] = [
      { role: "system", content: instructions },
      { role: "user", content: question },
    ];
    for (;;) {
      const { body } = await request(`${baseURL}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer bench" },
        body: JSON.stringify({
          model,
          messages,
          tools,
          stream: isStreamed,
          stream_options: isStreamed ? { include_usage: true } : undefined,
        }),
        dispatcher,
      });
      const message = isStreamed ? await readStream(body) : await readWhole(body);
      messages.push(message);
      if (!message.tool_calls?.length) return message.content;
      for (const call of message.tool_calls)
        messages.push({
          role: "tool",
          tool_call_id: call.id,
          content: lookUp(inputSchema.parse(JSON.parse(call.function.arguments))),
        });
    }
  };
};

interface CallDelta {
  index: number;
  id?: string;
  function: { name?: string; arguments: string };
}

interface Chunk {
  choices: { delta: { content?: string; tool_calls?: CallDelta[] } }[];
}

async function readStream(body: AsyncIterable<Buffer>): Promise<WireMessage> {
  const calls: WireCall[] = [];
  let content = "";
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
      const chunk: Chunk = JSON.parse(line.slice(6));
      const delta = chunk.choices[0]?.delta;
      content += delta?.content ?? "";
      if (delta?.tool_calls) takeCalls(calls, delta.tool_calls);
    }
  }
  return { role: "assistant", content, ...(calls.length > 0 && { tool_calls: calls }) };
}

function takeCalls(calls: WireCall[], deltas: readonly CallDelta[]): void {
  for (const { index, id = "", function: called } of deltas) {
    const { name = "", arguments: args } = called;
    const call = (calls[index] ??= { id, type: "function", function: { name, arguments: "" } });
    call.function.arguments += args;
  }
}

async function readWhole(body: { json(): Promise<unknown> }): Promise<WireMessage> {
  const { choices } = (await body.json()) as { choices: { message: WireMessage }[] };
  return choices[0]?.message ?? { role: "assistant", content: "" };
}
