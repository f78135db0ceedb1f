import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Message, ModelError } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { recorded, replayed } from "@pawl/models";
import { expect, test } from "vitest";

import { temporaryFolder } from "../tools/temporary-folder.ts";
import { ask, request } from "./server.ts";

const question = (content: string): { messages: readonly Message[] } => ({
  messages: [{ role: "user", content }],
});

const talk: readonly Message[] = [
  { role: "user", content: "Add." },
  { role: "assistant", content: "", toolCalls: [{ id: "x", name: "add", input: { a: 1 } }] },
  { role: "tool", callId: "x", toolName: "add", content: "3" },
];
const sub = { name: "sub", description: "Tool sub", parameters: { type: "object" } };

test.each([
  [
    "a message",
    { messages: [...talk.slice(0, 2), { ...talk[2], content: "4" }] },
    'message 3 (tool) is {"callId":"#1","content":"4",',
  ],
  [
    "one more",
    { messages: [...talk, { role: "user", content: "And?" }] },
    "message 4 (user) was not there when it was recorded.",
  ],
  [
    "one less",
    { messages: talk.slice(0, 2) },
    "message 3 (tool) is missing that was there when it was recorded.",
  ],
  [
    "instructions",
    { instructions: "Be long." },
    'instructions is "Be long." and was "Be brief." when it was recorded.',
  ],
  ["a tool", { tools: [sub] }, 'the tool "sub" was not there when it was recorded.'],
  ["the choice of tools", { toolChoice: "none" }, 'toolChoice is "none" and was "auto"'],
  ["the form", { responseFormat: {} }, "responseFormat was not there when it was recorded."],
])(
  "a request that was not recorded fails, and says what differs: %s",
  async (_name, fields, words) => {
    const file = await cassette();
    const asked = { instructions: "Be brief.", tools: [], messages: talk };
    const model = recorded(scripted(["One.", "Two."]), file);
    await ask(model, question("Another."));
    await ask(model, asked);
    const { error } = await ask(replayed(file), { ...asked, ...(fields as object) });
    expect(error).not.toBeInstanceOf(ModelError);
    const { message } = error as Error;
    expect(message).toContain(`replayed: "${file}" has no answer to this request: ${words}`);
    expect(message).toMatch(/Delete the file and record again, with recorded\(model, ".*"\)\.$/);
  },
);

test("a request that is made more often than it was recorded fails", async () => {
  const file = await cassette();
  await ask(recorded(scripted(["One."]), file));
  const offline = replayed(file);
  await ask(offline);
  const errors = [(await ask(offline)).error, (await ask(offline, question("b"))).error];
  expect(String(errors[0])).toContain("it was made less often when it was recorded.");
  expect(String(errors[1])).toContain("all answers in it were given.");
});

const header =
  '{"format":"pawl-cassette","version":1,"model":"scripted","capabilities":{"tools":true}}';

test.each([
  ["no file", undefined, "there is no file"],
  ["an empty file", "", "is no recording: its first line is not the header of one."],
  ["another file", "Dear Sir,\n", "is no recording: its first line is not the header of one."],
  [
    "a newer file",
    '{"format":"pawl-cassette","version":2}\n',
    "is of version 2, and only version 1",
  ],
  ["a damaged header", '{"format":"pawl-cassette","version":1}\n', "is damaged: line 1"],
  ["a damaged line", `${header}\n{"request":{}}\n`, "is damaged: line 2 is no whole answer."],
  ["a line that is cut", `${header}\n{"request":{"mess`, "is damaged: line 2 is no whole answer."],
])("a file that cannot be replayed is named, with what to do: %s", async (_name, text, words) => {
  const file = await cassette();
  if (text !== undefined) writeFileSync(file, text);
  const model = replayed(file);
  const { error } = await ask(model);
  expect((error as Error).message).toMatch(/^replayed: .*"[^"]*cassette\.jsonl".*\.$/);
  expect((error as Error).message).toContain(words);
  if (text === undefined) return;
  const script = scripted(["Hello."]);
  expect(String((await ask(recorded(script, file))).error)).toContain(words);
  expect([script.requests, readFileSync(file, "utf8")]).toEqual([[], text]);
});

test("a call that is made again has an id of its own in the conversation", async () => {
  const file = await cassette();
  const messages = talk.map((each) => ({ ...each }));
  const call = { toolCalls: [{ id: "x", name: "add" }] };
  await ask(recorded(scripted([call]), file), { messages });
  const { events, message } = await ask(replayed(file), { messages });
  const id = message?.toolCalls?.[0]?.id;
  expect(id).toMatch(/^call_\w{24}$/);
  expect(new Set(events.flatMap((each) => ("callId" in each ? each.callId : [])))).toEqual(
    new Set([id]),
  );
});

test("an abort ends a replay", async () => {
  const file = await cassette();
  await ask(recorded(scripted(["One two three."]), file));
  const controller = new AbortController();
  const answer = replayed(file).respond(request({ signal: controller.signal }));
  await answer.next();
  controller.abort("enough");
  await expect(answer.next()).rejects.toBe("enough");
  await expect(
    replayed(file)
      .respond(request({ signal: controller.signal }))
      .next(),
  ).rejects.toBe("enough");
});

async function cassette(): Promise<string> {
  return join(await temporaryFolder(), "cassette.jsonl");
}
