import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { type AssistantMessage, ModelError, type ModelEvent } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

interface Fixture {
  readonly id: string;
  readonly title: string;
  readonly status: number;
  readonly contentType: string;
  readonly bodyBase64: string;
  readonly expect: {
    readonly text: string;
    readonly toolCalls: readonly { readonly name: string; readonly arguments: unknown }[];
    readonly finish: string;
    readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
    readonly cost?: { readonly usd: number };
    readonly reasoning?: string;
    readonly refusal?: string;
    readonly invalidToolCalls?: number;
    readonly quirk?: string;
  };
}

const file = new URL("contract/examples/dialect-fixtures.json", import.meta.url);
const fixtures: readonly Fixture[] = JSON.parse(readFileSync(file, "utf8"));
const tools = ["add", "now"].map((name) => ({
  name,
  description: name,
  parameters: { type: "object" },
}));

test.each(fixtures.filter(({ expect: { quirk } }) => !quirk))("$id: $title", async (fixture) => {
  const whole = Buffer.from(fixture.bodyBase64, "base64");
  for (const size of [whole.length, 1]) {
    const { message, events, error } = await answerTo(fixture, whole, size);
    const wanted = fixture.expect;
    const said = message ?? error?.partial;
    expect(said?.content).toBe(wanted.text);
    expect(events.flatMap((e) => (e.type === "text-delta" ? [e.text] : [])).join("")).toBe(
      wanted.text,
    );
    if (wanted.finish === "error") expect(error).toBeInstanceOf(ModelError);
    else expect(error).toBeUndefined();
    const calls = message?.toolCalls ?? [];
    const valid = calls.filter(({ invalid }) => !invalid);
    expect(valid.map(({ name, input }) => ({ name, arguments: input }))).toEqual(wanted.toolCalls);
    expect(calls.length - valid.length).toBe(wanted.invalidToolCalls ?? 0);
    if (message) expect(message.finishReason?.replace("-", "_")).toBe(wanted.finish);
    if (wanted.usage) expect(message?.usage?.inputTokens).toBe(wanted.usage.prompt_tokens);
    if (wanted.cost) expect(message?.usage?.usd).toBe(wanted.cost.usd);
    expect(said?.reasoning).toBe(wanted.reasoning);
  }
});

interface Outcome {
  readonly message?: AssistantMessage;
  readonly error?: ModelError;
  readonly events: readonly ModelEvent[];
}

async function answerTo(
  { status, contentType }: Fixture,
  body: Buffer,
  size: number,
): Promise<Outcome> {
  const server = createServer((request, response) => {
    request.resume();
    response.socket?.setNoDelay(true);
    response.writeHead(status, { "content-type": contentType });
    for (let at = 0; at < body.length; at += size) response.write(body.subarray(at, at + size));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const model = chatCompletions({
    baseURL: `http://127.0.0.1:${port}/v1`,
    model: "m",
    maxRetries: 0,
  });
  const events: ModelEvent[] = [];
  try {
    const answer = model.respond({
      run: { id: "run" },
      requestId: "run.1",
      messages: [{ role: "user", content: "2+3 and 4+5?" }],
      tools,
      toolChoice: "auto",
      signal: new AbortController().signal,
    });
    for (;;) {
      const next = await answer.next();
      if (next.done) return { message: next.value, events };
      events.push(next.value);
    }
  } catch (error) {
    if (error instanceof ModelError) return { error, events };
    throw error;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
