import { gzipSync } from "node:zlib";

import { simulator, type JsonObject } from "@pawl/simulator";
import { expect, test } from "vitest";

import { ask, model, post } from "./talk.ts";

const messages = [{ role: "user", content: "Go" }];
const streamed = { model, messages, stream: true };

test("turns are answered in order, and a script that is used up is a 500 that says so", async () => {
  await using sim = await simulator({
    script: [
      "one",
      { text: "two", toolCalls: [{ name: "now" }, { name: "add", input: { a: 1 } }] },
    ],
  });
  expect((await ask(sim.url, { messages })).choices[0].message.content).toBe("one");
  const second = (await ask(sim.url, { messages })).choices[0];
  expect(second.finish_reason).toBe("tool_calls");
  expect(second.message.tool_calls?.map((call) => call.function)).toEqual([
    { name: "now", arguments: "{}" },
    { name: "add", arguments: '{"a":1}' },
  ]);
  const third = await post(sim.url, { model, messages });
  expect(third.status).toBe(500);
  expect(await third.text()).toContain("The script is exhausted");
});

test("a function decides by the request and its number", async () => {
  await using sim = await simulator({
    script: (request, index) => `${index}: ${request.messages.length}`,
  });
  expect((await ask(sim.url, { messages })).choices[0].message.content).toBe("0: 1");
  expect((await ask(sim.url, { messages })).choices[0].message.content).toBe("1: 1");
});

test("a turn can have raw arguments, a finish reason and token counts of its own", async () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  await using sim = await simulator({
    script: [
      {
        toolCalls: [{ name: "add", id: "mine", arguments: '{"a":' }],
        finishReason: "length",
        usage,
      },
    ],
  });
  const completion = await ask(sim.url, { messages });
  expect(completion.choices[0].message.tool_calls?.[0]).toMatchObject({
    id: "mine",
    function: { arguments: '{"a":' },
  });
  expect(completion.choices[0].finish_reason).toBe("length");
  expect(completion.usage).toEqual(usage);
});

test("a turn can be an error, in the envelope or raw", async () => {
  await using sim = await simulator({
    script: [
      { status: 429, text: "Too many", headers: { "retry-after": "7" } },
      { status: 502, body: "<html>bad</html>", headers: { "content-type": "text/html" } },
      { body: { odd: true } },
    ],
  });
  const first = await post(sim.url, { model, messages });
  expect([first.status, first.headers.get("retry-after")]).toEqual([429, "7"]);
  expect(await first.json()).toMatchObject({ status: 429, message: "Too many" });
  const second = await post(sim.url, { model, messages });
  expect([second.status, await second.text()]).toEqual([502, "<html>bad</html>"]);
  const third = await post(sim.url, { model, messages });
  expect((await third.json()) as JsonObject).toEqual({ odd: true });
});

test("raw chunks are written as they are", async () => {
  await using sim = await simulator({ script: [{ chunks: [": hi\n\n", "data: {", "}\n\n"] }] });
  const response = await post(sim.url, streamed);
  expect(await response.text()).toBe(": hi\n\ndata: {}\n\n");
});

test("chunks can be bytes, with pauses between packets, under any status and type", async () => {
  const [first, rest] = [Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)];
  const chunks = ["<", { waitMs: 0 }, first, { waitMs: 80 }, rest, ">"];
  await using sim = await simulator({
    script: [{ status: 502, headers: { "content-type": "text/html" }, chunks }],
  });
  const response = await post(sim.url, { model, messages });
  expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html"]);
  const packets: Uint8Array[] = [];
  const arrivals: number[] = [];
  for await (const packet of response.body ?? []) {
    packets.push(packet);
    arrivals.push(performance.now());
  }
  expect(Buffer.concat(packets).toString()).toBe("<é>");
  const half = packets.findIndex((packet) => packet.at(-1) === 0xc3);
  expect((arrivals[half + 1] ?? 0) - (arrivals[half] ?? 0)).toBeGreaterThan(60);
});

test("a body can be bytes", async () => {
  const body = gzipSync('{"packed":true}');
  await using sim = await simulator({
    script: [{ body, headers: { "content-encoding": "gzip" } }],
  });
  const response = await post(sim.url, { model, messages });
  expect(await response.json()).toEqual({ packed: true });
});

test("what is no chunk is a 500 that says so", async () => {
  const wrong = [{ waitMs: -1 }, { waitMs: Number.NaN }, {}, null, 7] as unknown[];
  await using sim = await simulator({
    script: wrong.map((chunk) => ({ chunks: ["x", chunk as string] })),
  });
  for (const _ of wrong) {
    const response = await post(sim.url, streamed);
    expect([response.status, await response.text()]).toEqual([
      500,
      expect.stringContaining("chunk 1 must be a text, bytes, or { waitMs }"),
    ]);
  }
});

test("a cut turn with nothing to send ends the connection without an answer", async () => {
  await using sim = await simulator({ script: [{ cut: true }] });
  await expect(post(sim.url, streamed)).rejects.toThrow("fetch failed");
});

test("a cut turn breaks off in mid-stream", async () => {
  await using sim = await simulator({
    script: [
      { text: "a b c d e f g h", cut: true },
      { chunks: ["data: x\n\n"], cut: true },
      { text: "long text", cut: true },
    ],
  });
  const first = await post(sim.url, streamed);
  await expect(first.text()).rejects.toThrow("terminated");
  const second = await post(sim.url, streamed);
  const reader = second.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(new TextDecoder().decode(value)).toBe("data: x\n\n");
  await expect(reader?.read()).rejects.toThrow("terminated");
  const third = await post(sim.url, { model, messages });
  await expect(third.text()).rejects.toThrow("terminated");
});

test("close ends hanging sockets, whatever had been sent", async () => {
  const sim = await simulator({ script: [{ hang: true }, { text: "some words", hang: true }] });
  const silent = post(sim.url, { model, messages });
  const silentEnd = silent.catch(String);
  while (sim.requests.length < 1) await pause(5);
  const open = await post(sim.url, streamed);
  const openEnd = open.text().catch(String);
  const start = performance.now();
  await sim.close();
  await sim.close();
  expect(performance.now() - start).toBeLessThan(500);
  expect(await Promise.all([silentEnd, openEnd])).toEqual([
    "TypeError: fetch failed",
    "TypeError: terminated",
  ]);
});

test("the work on an answer stops when its client goes away", async () => {
  await using sim = await simulator({ script: [{ text: "word ".repeat(500) }], tokenDelayMs: 10 });
  const leave = new AbortController();
  const response = await post(sim.url, streamed, { signal: leave.signal });
  await response.body?.getReader().read();
  expect(sim.requests[0]?.isDisconnected).toBe(false);
  leave.abort();
  await expect.poll(() => sim.requests[0]?.isDisconnected).toBe(true);
});

test("a slow reader of a long stream still gets all of it", async () => {
  const text = "word ".repeat(60_000);
  await using sim = await simulator({ script: [{ text }] });
  const response = await post(sim.url, streamed);
  await pause(100);
  const all = await response.text();
  expect(all.match(/word /gu)?.length).toBe(60_000);
  expect(all.endsWith("data: [DONE]\n\n")).toBe(true);
});

test("latency and delays are kept", async () => {
  await using sim = await simulator({ latencyMs: 60, script: [{ text: "x", delayMs: 60 }] });
  const start = performance.now();
  await ask(sim.url, { messages });
  expect(performance.now() - start).toBeGreaterThanOrEqual(115);
});

test("remembers what was asked", async () => {
  await using sim = await simulator({ script: ["x"] });
  await post(sim.url, { model, messages, odd: 1 }, { headers: { "x-title": "Test" } });
  expect(sim.requests[0]?.body).toEqual({ model, messages, odd: 1 });
  expect(sim.requests[0]?.headers["x-title"]).toBe("Test");
});

test("an unknown option or one out of range is a TypeError", async () => {
  const mistakes: JsonObject[] = [
    { latency: 5 },
    { latencyMs: -1 },
    { tokenDelayMs: Number.NaN },
    { port: 70_000 },
    { models: [] },
    { script: "text" },
  ];
  for (const options of mistakes) await expect(simulator(options)).rejects.toThrow(TypeError);
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
