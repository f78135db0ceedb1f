import type { Message, ToolCall } from "@pawl/core";

import { sendableName } from "./tool-names.ts";

/**
 * The messages of one run as they go over the wire: each is turned into JSON once, and what was written stays written, so a
 * step costs what is new in it and not what was said before.
 */
export class Transcript {
  /** The ids of all calls in it. */
  readonly callIds: Set<string> = new Set();
  readonly #written: Message[] = [];
  /** Where each message ends in `#bytes`. */
  readonly #ends: number[] = [];
  #bytes: Buffer = Buffer.allocUnsafe(4096);

  /** The messages as JSON, each with a comma before it. Good until the next call. */
  write(messages: readonly Message[]): Buffer {
    this.#forget(this.#shared(messages));
    for (let i = this.#written.length; i < messages.length; i++) {
      const message = messages[i];
      if (message) this.#append(message);
    }
    return this.#bytes.subarray(0, this.#ends.at(-1) ?? 0);
  }

  /** How many messages at the beginning are those that were written: all of them, unless a history was cut or changed. */
  #shared(messages: readonly Message[]): number {
    let count = 0;
    while (count < this.#written.length && this.#written[count] === messages[count]) count++;
    return count;
  }

  #forget(from: number): void {
    this.#written.length = from;
    this.#ends.length = from;
  }

  #append(message: Message): void {
    const json = `,${JSON.stringify(wireMessage(message))}`;
    const start = this.#ends.at(-1) ?? 0;
    // A UTF-16 unit is at most three bytes of UTF-8, so most messages fit without being counted.
    if (this.#bytes.length < start + json.length * 3) this.#grow(start, Buffer.byteLength(json));
    this.#ends.push(start + this.#bytes.write(json, start));
    this.#written.push(message);
    if (message.role === "assistant")
      for (const { id } of message.toolCalls ?? []) this.callIds.add(id);
  }

  #grow(used: number, needed: number): void {
    if (this.#bytes.length >= used + needed) return;
    const larger = Buffer.allocUnsafe(Math.max(used + needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, used);
    this.#bytes = larger;
  }
}

/** A message in the form of chat completions. */
export function wireMessage(message: Message): object {
  if (message.role === "tool")
    return { role: "tool", tool_call_id: message.callId, content: message.content };
  if (message.role !== "assistant") return { role: message.role, content: message.content };
  // Never `content: null`: AI/ML API answers 400 to it, whatever its schema says (aimlapi/openclaw-aimlapi rewrites it too).
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
