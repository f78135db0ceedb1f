import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Agent, type Message, type Model, ModelError, tool } from "@pawl/core";
import { scripted, type ScriptedTurn } from "@pawl/core/testing";
import { recorded, replayed } from "@pawl/models";
import { expect, test } from "vitest";
import { z } from "zod";

import { temporaryFolder } from "../tools/temporary-folder.ts";
import { ask, request } from "./server.ts";

const calling: ScriptedTurn = {
  text: "I add.",
  reasoning: "Hm.",
  toolCalls: [{ name: "add", input: { a: 1 } }],
  usage: { inputTokens: 5, outputTokens: 6, totalTokens: 11, usd: 0.1 },
};
const question = (content: string): { messages: readonly Message[] } => ({
  messages: [{ role: "user", content }],
});

test("an answer that was recorded is given again, event by event", async () => {
  const file = await cassette();
  const first = await ask(recorded(scripted([calling]), file));
  const second = await ask(replayed(file), { run: { id: "other" }, requestId: "other.1" });
  expect(second).toEqual(first);
  expect(second.events.length).toBeGreaterThan(4);
});

test("a recording does not depend on who watched it", async () => {
  const file = await cassette();
  const watched = await ask(scripted([calling]));
  const model = scripted([calling]);
  await ask(recorded(model, file), { isWatched: false });
  expect(model.requests[0]?.isWatched).toBe(true);
  expect((await ask(replayed(file))).events).toEqual(watched.events);
  const unwatched = await ask(replayed(file), { isWatched: false });
  expect(unwatched.events.map(({ type }) => type)).toEqual(["text-delta", "text-delta"]);
});

test("a failure is recorded, and fails again", async () => {
  const file = await cassette();
  const partial = { role: "assistant", content: "He" } as const;
  const known = { code: "rate-limit", status: 429, requestId: "r", retryable: true } as const;
  const error = new ModelError("Too fast.", { ...known, retryAfterMs: 7, attempt: 2, partial });
  await ask(recorded(scripted([{ text: "He", error }, "Hello."]), file));
  const failed = await ask(replayed(file));
  expect(failed.events).toEqual([{ type: "text-delta", text: "He" }]);
  expect(failed.error).toBeInstanceOf(ModelError);
  expect(failed.error).toEqual(error);
});

test("the error of a retry is an error again", async () => {
  const file = await cassette();
  const error = new ModelError("Down.", { code: "server" });
  const retrying = {
    ...scripted([]),
    async *respond() {
      yield { type: "retry", attempt: 1, delayMs: 5, error } as const;
      return { role: "assistant", content: "Hello." } as const;
    },
  };
  await ask(recorded(retrying, file));
  const { events } = await ask(replayed(file));
  expect(events).toEqual([{ type: "retry", attempt: 1, delayMs: 5, error }]);
  expect((events[0] as unknown as { error: unknown }).error).toBeInstanceOf(ModelError);
});

test("runs side by side get the answers to their own requests, equal ones in order", async () => {
  const file = await cassette();
  const model = recorded(scripted(["One.", "Two.", "One again."]), file);
  for (const each of ["a", "b", "a"]) await ask(model, question(each));
  const offline = replayed(file);
  const said = await Promise.all(["b", "a", "a"].map((each) => ask(offline, question(each))));
  expect(said.map(({ message }) => message?.content)).toEqual(["Two.", "One.", "One again."]);
});

test("a recording goes on in a file that is there", async () => {
  const file = await cassette();
  await ask(recorded(scripted(["One."]), file), question("a"));
  await ask(recorded(scripted(["Two."]), file), question("b"));
  const offline = replayed(file);
  expect((await ask(offline, question("b"))).message?.content).toBe("Two.");
  expect((await ask(offline, question("a"))).message?.content).toBe("One.");
  expect([offline.id, offline.capabilities]).toEqual(["scripted", { tools: true }]);
});

test("an answer is in the file when it is given, and what was aborted or left is not", async () => {
  const file = await cassette();
  const controller = new AbortController();
  const aborting = (): ScriptedTurn => {
    controller.abort();
    return { error: new ModelError("Aborted.", { code: "network" }) };
  };
  const model = recorded(scripted(["One two.", calling, aborting]), file);
  for await (const event of model.respond(request())) if (event) break;
  expect(lines(file)).toHaveLength(1);
  await ask(model);
  expect(lines(file)).toHaveLength(2);
  await ask(model, { signal: controller.signal });
  expect(lines(file)).toHaveLength(2);
  expect(JSON.parse(lines(file)[0] ?? "")).toMatchObject({ format: "pawl-cassette", version: 1 });
});

test("what throws otherwise, in an adapter, is not recorded", async () => {
  const file = await cassette();
  const error = new RangeError("A mistake.");
  expect((await ask(recorded(scripted([{ error }]), file))).error).toBe(error);
  expect(lines(file)).toHaveLength(1);
});

test("a reader that leaves ends the answer of the model underneath", async () => {
  let isEnded = false;
  const endless: Model = {
    ...scripted([]),
    async *respond() {
      try {
        for (;;) yield { type: "text-delta", text: "more " };
      } finally {
        isEnded = true;
      }
    },
  };
  const model = recorded(endless, await cassette());
  for await (const event of model.respond(request())) if (event) break;
  expect(isEnded).toBe(true);
});

test("a recording is of one model", async () => {
  const file = await cassette();
  await ask(recorded(scripted(["One."]), file));
  const { error } = await ask(recorded({ ...scripted(["Two."]), id: "other" }, file));
  expect((error as Error).message).toContain('is a recording of "scripted", and this is "other"');
});

test("an agent runs offline as it ran when it was recorded", async () => {
  const file = await cassette();
  const add = tool({
    description: "Add one",
    inputSchema: z.object({ a: z.number() }),
    execute: ({ a }) => a + 1,
  });
  const online = await new Agent({
    model: recorded(scripted([calling, "It is 2."]), file),
    tools: { add },
  }).run("1+1?");
  const offline = new Agent({ model: replayed(file), tools: { add } });
  const [run, more] = [await offline.run("1+1?"), await offline.run("1+1?")];
  expect([run.status, run.text, run.messages]).toEqual(["completed", "It is 2.", online.messages]);
  expect(run.usage).toEqual(online.usage);
  expect(more).toMatchObject({
    status: "failed",
    error: { message: expect.stringContaining("record again") },
  });
});

test("what is no model or no file is refused at once, and a file is not read before it is needed", () => {
  expect(() => recorded("m" as never, "f")).toThrow(/^recorded takes a model, such as/);
  expect(() => recorded(scripted([]), "")).toThrow(/^recorded: the file must be a path, such as/);
  expect(() => replayed(7 as never)).toThrow(/^replayed: the file must be a path, such as/);
  expect(() => replayed("/no/such/file")).not.toThrow();
});

async function cassette(): Promise<string> {
  return join(await temporaryFolder(), "cassette.jsonl");
}

function lines(file: string): string[] {
  return readFileSync(file, "utf8").trimEnd().split("\n");
}
