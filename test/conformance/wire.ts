import type { Reply } from "./scenario.ts";

/** A chunk of the first choice. */
export function delta(fields: object, finishReason?: string | null): object {
  return { choices: [{ index: 0, delta: fields, finish_reason: finishReason ?? null }] };
}

/** A chunk with a piece of the text. */
export function text(content: unknown): object {
  return delta({ content });
}

/** A chunk that ends the answer. */
export function finish(reason = "stop"): object {
  return delta({}, reason);
}

/** A chunk with pieces of calls. */
export function calls(...pieces: readonly object[]): object {
  return delta({ tool_calls: pieces });
}

/** A piece of a call; what is undefined is not sent. */
export function piece(
  index: number | undefined,
  { id, name, args }: { id?: unknown; name?: string; args?: unknown },
): object {
  return { index, id, type: "function", function: { name, arguments: args } };
}

/** Chunks as events. */
export function events(...chunks: readonly object[]): string {
  return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
}

/** The event after the last one. */
export const done = "data: [DONE]\n\n";

/** Chunks as a stream that ends as it should. */
export function stream(...chunks: readonly object[]): Reply {
  return { pieces: [events(...chunks) + done] };
}

/** A text as the body of a stream. */
export function raw(body: string): Reply {
  return { pieces: [body] };
}

/** An answer in one document. */
export function whole(message: object, finishReason = "stop", more: object = {}): Reply {
  const choice = { index: 0, message: { role: "assistant", ...message } };
  return json({ choices: [{ ...choice, finish_reason: finishReason }], ...more });
}

/** A JSON document; a text is sent as it is. */
export function json(body: unknown, more: Reply = {}): Reply {
  const headers = { "content-type": "application/json", ...more.headers };
  return { ...more, headers, pieces: [typeof body === "string" ? body : JSON.stringify(body)] };
}

/** Token counts. */
export function usage(input: number, output: number): object {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

/** A short answer as a stream. */
export const hello: Reply = stream(text("Hel"), text("lo"), finish());

/** A failure that asks for hardly a wait before the next attempt. */
export function failing(status: number, more: Reply = {}): Reply {
  return { pieces: [""], ...more, status, headers: { "retry-after-ms": "1", ...more.headers } };
}
