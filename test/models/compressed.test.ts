import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import {
  brotliCompressSync,
  constants,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";

import { ModelError } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, delta, events, finish, hello, serve, whole } from "./server.ts";

const half = events(delta({ content: "Hel" }));

test.each([
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
  ["deflate", deflateRawSync],
  ["identity, gzip", gzipSync],
  ["gzip, gzip", (body: string) => gzipSync(gzipSync(body))],
  ["deflate, GZIP", (body: string) => gzipSync(deflateSync(body))],
  ["none", (body: string) => Buffer.from(body)],
  ["utf-8", (body: string) => Buffer.from(body)],
] as readonly (readonly [string, (body: string) => Buffer])[])(
  "an answer that is compressed though nobody asked is read: %s",
  async (coding, compress) => {
    const texts = [];
    for (const body of [hello, JSON.stringify(whole({ content: "Hello" }))]) {
      await using server = await serve((response) => sendCoded(response, coding, compress(body)));
      texts.push((await ask(modelOf(server.baseURL))).message?.content);
    }

    expect(texts).toEqual(["Hello", "Hello"]);
  },
);

test("a compressed stream is told as it arrives", async () => {
  let isEndSent = false;
  await using server = await serve(async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    gzip.pipe(response);
    gzip.write(events(delta({ content: "Hel" })));
    await sleep(100);
    isEndSent = true;
    gzip.end(events(delta({ content: "lo" }), finish()));
  });
  let wasEndSent: boolean | undefined;
  const seen: string[] = [];
  const { message } = await ask(modelOf(server.baseURL), {}, (event) => {
    wasEndSent ??= isEndSent;
    if (event.type === "text-delta") seen.push(event.text);
  });

  expect({ wasEndSent, seen, text: message?.content }).toEqual({
    wasEndSent: false,
    seen: ["Hel", "lo"],
    text: "Hello",
  });
});

test.each([
  ["breaks off", "gzip", gzipSync(half), "incomplete"],
  ["breaks off inside of zstd", "zstd", zstdCompressSync(half).subarray(0, -2), "incomplete"],
  ["is not what its head says", "gzip", Buffer.from(hello), "protocol"],
])("a compressed answer that %s is no success", async (...row) => {
  const [, coding, body, code] = row;
  await using server = await serve((response) => sendCoded(response, coding, body));
  const { error } = await ask(modelOf(server.baseURL));

  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({ code, retryable: true });
});

test("an error that is compressed is told in its words", async () => {
  const body = gzipSync(JSON.stringify({ error: { message: "No such thing." } }));
  await using server = await serve((response) => sendCoded(response, "gzip", body, 400));
  const { error } = await ask(modelOf(server.baseURL));

  expect(error).toMatchObject({ status: 400, message: expect.stringContaining("No such thing.") });
});

test.each(["constructor", "__proto__", "snappy, gzip"])(
  "a coding that nobody knows is no answer, and hides no status: %s",
  async (coding) => {
    const body = Buffer.from(JSON.stringify({ error: { message: "Who are you?" } }));
    await using server = await serve((response, attempt) =>
      sendCoded(response, coding, body, attempt === 1 ? 401 : 200),
    );
    const { error: refusal } = await ask(modelOf(server.baseURL));
    const { error } = await ask(modelOf(server.baseURL));

    expect(refusal).toMatchObject({ code: "auth", message: expect.stringContaining("Who are") });
    expect(error).toMatchObject({ code: "protocol", message: expect.stringContaining(coding) });
  },
);

test("two heads of one coding are two codings", async () => {
  await using server = await serve((response) => {
    response.setHeader("content-encoding", ["gzip", "gzip"]);
    response.end(gzipSync(gzipSync(hello)));
  });
  expect((await ask(modelOf(server.baseURL))).message?.content).toBe("Hello");
});

function sendCoded(
  response: ServerResponse,
  ...[coding, body, status = 200]: [string, Buffer, number?]
): void {
  response.writeHead(status, { "content-encoding": coding });
  response.end(body);
}

function modelOf(baseURL: string) {
  return chatCompletions({ baseURL, model: "m", maxRetries: 0 });
}
