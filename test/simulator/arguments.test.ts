import { simulator, type JsonObject } from "@pawl/simulator";
import { expect, test } from "vitest";

import { ask, offered, talk, type Toy } from "./talk.ts";
import { weather } from "./toys.ts";

const string = { type: "string" };
const number = { type: "number" };

interface Case {
  readonly question: string;
  readonly name: string;
  readonly description: string;
  readonly properties: JsonObject;
  readonly required?: readonly string[];
  readonly input: JsonObject;
}

const cases: readonly Case[] = [
  {
    question: "What's the weather in Paris in celsius?",
    name: "get_weather",
    description: "Current conditions",
    properties: { city: string, units: { type: "string", enum: ["c", "f"] } },
    required: ["city"],
    input: { city: "Paris", units: "c" },
  },
  {
    question: "Ask the expert why the boiler leaks",
    name: "ask_expert",
    description: "Put a question to a heating expert",
    properties: { question: string },
    input: { question: "Ask the expert why the boiler leaks" },
  },
  {
    question: "Convert 5 USD to EUR",
    name: "convert_currency",
    description: "Convert money",
    properties: { amount: number, from: string, to: string },
    input: { amount: 5, from: "USD", to: "EUR" },
  },
  {
    question: 'Send an email to ann@example.com with subject "Lunch"',
    name: "send_email",
    description: "Send a message",
    properties: { to: { type: "string", format: "email" }, subject: string },
    input: { to: "ann@example.com", subject: "Lunch" },
  },
  {
    question: "Book a table for 4 people on 2026-12-24",
    name: "book_table",
    description: "Book a table in the restaurant",
    properties: { people: { type: "integer" }, date: { type: "string", format: "date" } },
    input: { people: 4, date: "2026-12-24" },
  },
  {
    question: 'Create an urgent ticket titled "Door stuck" without notification',
    name: "create_ticket",
    description: "Create a ticket",
    properties: {
      title: string,
      priority: { type: "string", enum: ["low", "normal", "urgent"] },
      notification: { type: "boolean" },
    },
    input: { title: "Door stuck", priority: "urgent", notification: false },
  },
  {
    question: "Compare the population of Norway, Sweden and Denmark",
    name: "compare_population",
    description: "Compare populations",
    properties: { countries: { type: "array", items: string } },
    input: { countries: ["Norway", "Sweden", "Denmark"] },
  },
  {
    question: "Ship order 4711 to Berlin",
    name: "ship_order",
    description: "Ship an order",
    properties: {
      order: { type: "integer" },
      address: { type: "object", properties: { city: string }, required: ["city"] },
    },
    input: { order: 4711, address: { city: "Berlin" } },
  },
  {
    question: "Get the status of ticket ABC-123",
    name: "ticket_status",
    description: "Status of a ticket",
    properties: { ticket_id: string },
    input: { ticket_id: "ABC-123" },
  },
  {
    question: "What time is it?",
    name: "now",
    description: "Current clock",
    properties: {},
    input: {},
  },
];

test.each(cases)("fills $name from “$question”", async ({ question, input, ...shape }) => {
  await using sim = await simulator();
  const { name, ...toy } = shape;
  const tools: Record<string, Toy> = { other: weather, [name]: { ...toy, run: () => "done" } };
  const { calls } = await talk(sim.url, question, { tools });
  expect(calls).toEqual([{ name, input }]);
});

test("one name each makes one call each", async () => {
  await using sim = await simulator();
  const { turns } = await talk(sim.url, "What is the weather in Oslo, Rome and New York?", {
    tools: { weather },
  });
  expect(turns[0]?.map(({ input }) => input["city"])).toEqual(["Oslo", "Rome", "New York"]);
});

test("a value that the schema forbids is asked for, not sent", async () => {
  await using sim = await simulator();
  const seat: Toy = {
    description: "Reserve a seat",
    properties: { row: { type: "integer", minimum: 1, maximum: 30 } },
    run: () => "done",
  };
  const { calls, text } = await talk(sim.url, "Reserve a seat in row 99", {
    tools: { reserve_seat: seat },
  });
  expect(calls).toEqual([]);
  expect(text).toContain("row");
});

test("fills an object of the schema that response_format asks for", async () => {
  await using sim = await simulator();
  const schema = {
    type: "object",
    properties: {
      city: string,
      degrees: number,
      isDry: { type: "boolean" },
      tags: { type: "array", items: string },
      mood: { type: "string", enum: ["good", "bad"] },
    },
    required: ["city", "degrees", "isDry", "tags", "mood"],
    additionalProperties: false,
  };
  const { text } = await talk(sim.url, "What is the weather in Rome?", {
    tools: { weather },
    response_format: { type: "json_schema", json_schema: { name: "weather", schema } },
  });
  expect(JSON.parse(text)).toMatchObject({ city: "Rome", degrees: 18, isDry: false });
});

test("puts the answer into an object for json_object", async () => {
  await using sim = await simulator();
  const { choices } = await ask(sim.url, {
    messages: [{ role: "user", content: "Hello" }],
    tools: offered({ weather }),
    response_format: { type: "json_object" },
  });
  expect(JSON.parse(choices[0].message.content)).toEqual({ answer: expect.any(String) });
});

test("a reader does not take what another tool is asked to do", async () => {
  await using sim = await simulator();
  const ticket = { ticket_id: string };
  const tools: Record<string, Toy> = {
    get_ticket: { description: "Get a ticket", properties: ticket, run: () => ({ state: "open" }) },
    close_ticket: { description: "Close a ticket", properties: ticket, run: () => "closed" },
  };
  const closing = await talk(sim.url, "Close ticket T-99", { tools });
  expect(closing.calls).toEqual([{ name: "close_ticket", input: { ticket_id: "T-99" } }]);
  const asking = await talk(sim.url, "What is the state of ticket T-99?", { tools });
  expect(asking.calls).toEqual([{ name: "get_ticket", input: { ticket_id: "T-99" } }]);
});

test("what stands before and after “to” goes to from and to, in choices as well", async () => {
  await using sim = await simulator();
  const unit = { type: "string", enum: ["km", "miles"] };
  const convert: Toy = {
    description: "Convert lengths",
    properties: { value: number, from_unit: unit, to_unit: unit },
    run: () => 42,
  };
  const { calls } = await talk(sim.url, "Convert 26.2 miles to km", { tools: { convert } });
  expect(calls[0]?.input).toEqual({ value: 26.2, from_unit: "miles", to_unit: "km" });
});
