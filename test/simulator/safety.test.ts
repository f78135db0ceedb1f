import { simulator } from "@pawl/simulator";
import { expect, test } from "vitest";

import { talk, type Toy } from "./talk.ts";
import { pay, weather } from "./toys.ts";

const wipe: Toy = { description: "Wipes the disk", properties: {}, run: () => "wiped" };
const remove: Toy = {
  description: "Delete a user",
  properties: { id: { type: "integer" } },
  run: () => "gone",
};
const tools = { wipe_disk: wipe, delete_user: remove, pay, weather };

test.each([
  "Never wipe the disk",
  "Do not pay invoice 7 over $12.50",
  "Please don’t wipe the disk!",
  "I am not interested in the weather in Paris",
  "Can you not wipe the disk?",
])("does nothing when told not to: %s", async (question) => {
  await using sim = await simulator();
  const { calls, text } = await talk(sim.url, question, { tools });
  expect(calls).toEqual([]);
  expect(text).toContain("because I was told not to");
});

test.each([
  "What does wiping the disk do?",
  "Is it true that you can wipe the disk?",
  "Should I delete user 42?",
  "Has invoice 7 over $12.50 been paid?",
  "Do you pay invoice 7 over $12.50?",
  "Should I wipe the disk and delete user 42?",
  "Can you tell me what happens if you wipe the disk?",
  "Yesterday I paid invoice 7 over $12.50",
  "If the moon is full, wipe the disk",
  "Check the disk without wiping it",
  "Wiping the disk is dangerous",
  "The disk gets wiped every night",
  "Invoice 7 over $12.50 was wiped off the disk?",
])("a question or remark changes nothing: %s", async (question) => {
  await using sim = await simulator();
  const { calls, text } = await talk(sim.url, question, { tools });
  expect(calls).toEqual([]);
  expect(text).toContain("is no plain order");
});

test.each([
  "Do not wipe the disk and delete user 42",
  "Do not:\n- wipe the disk\n- delete user 42",
  "Never wipe the disk or pay invoice 7 over $12.50",
])("a ban holds for all that is joined to it: %s", async (question) => {
  await using sim = await simulator();
  expect((await talk(sim.url, question, { tools })).calls).toEqual([]);
});

test.each([
  "Pay invoice 7 over $12.50",
  "Please pay invoice 7 over $12.50.",
  "Can you pay invoice 7 over $12.50?",
  "I want you to pay invoice 7 over $12.50",
  "Don't forget to pay invoice 7 over $12.50",
  "Do not wipe the disk, but pay invoice 7 over $12.50",
  "Do not wipe the disk. Pay invoice 7 over $12.50.",
])("an order is carried out: %s", async (question) => {
  await using sim = await simulator();
  const { calls } = await talk(sim.url, question, { tools });
  expect(calls).toEqual([{ name: "pay", input: { invoice: "7", amount: 12.5 } }]);
});

test("what is to be sent takes no order back", async () => {
  await using sim = await simulator();
  const send: Toy = {
    description: "Send a message",
    properties: { message: { type: "string" } },
    run: () => "sent",
  };
  const { calls } = await talk(sim.url, 'Send a message saying "do not come"', {
    tools: { send_message: send },
  });
  expect(calls.map(({ input }) => input)).toEqual([{ message: "do not come" }]);
});
