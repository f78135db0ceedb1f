import { simulator, type JsonObject } from "@pawl/simulator";
import { expect, test } from "vitest";

import { talk } from "./talk.ts";
import { pay, weather } from "./toys.ts";

const string = { type: "string" };
const mail = { to: string, subject: string, body: string };

const cases: readonly (readonly [string, string, JsonObject, JsonObject])[] = [
  [
    "Send an email to bob@example.co.uk with the subject Hello and the body See you at 5",
    "send_email",
    mail,
    { to: "bob@example.co.uk", subject: "Hello", body: "See you at 5" },
  ],
  [
    "Send a message to bob@x.org saying hi",
    "send_message",
    { to: string, message: string },
    { to: "bob@x.org", message: "hi" },
  ],
  ["Restart the server web-7", "restart_server", { server: string }, { server: "web-7" }],
  ["Restart host db-3", "restart", { host: string }, { host: "db-3" }],
  [
    "Deploy api to staging",
    "deploy",
    { service: string, environment: string },
    { service: "api", environment: "staging" },
  ],
  ["Weather: Berlin", "get_weather", { city: string }, { city: "Berlin" }],
  [
    "Book a table for 4 people at 19:30",
    "book_table",
    { people: { type: "integer" }, time: string },
    { people: 4, time: "19:30" },
  ],
  [
    "Create a ticket titled Broken door",
    "create_ticket",
    { title: string },
    { title: "Broken door" },
  ],
  ["Pay invoice 7 over €1.250,00", "pay", pay.properties, { invoice: "7", amount: 1250 }],
  ["What time is it in Tokyo?", "get_time", { timeZone: string }, { timeZone: "Asia/Tokyo" }],
  ["What time is it in America/New_York?", "get_time", { tz: string }, { tz: "America/New_York" }],
  [
    "How many days between 2025-01-01 and 2025-03-01?",
    "days_between",
    { start: { type: "string", format: "date" }, end: { type: "string", format: "date" } },
    { start: "2025-01-01", end: "2025-03-01" },
  ],
];

test.each(cases)("%s fills %s", async (...one) => {
  const [question, name, properties, input] = one;
  await using sim = await simulator();
  const tools = { [name]: { description: name.replace("_", " "), properties, run: () => "done" } };
  const { calls } = await talk(sim.url, question, { tools });
  expect(calls).toEqual([{ name, input }]);
});

test("an amount that can be read in two ways is asked for", async () => {
  await using sim = await simulator();
  const { calls, text } = await talk(sim.url, "Pay invoice 7 over €1.250", { tools: { pay } });
  expect(calls).toEqual([]);
  expect(text).toContain("amount");
});

test("each of several values makes a call", async () => {
  await using sim = await simulator();
  const cities = await talk(sim.url, "What is the weather in Paris, and in Rome?", {
    tools: { weather },
  });
  expect(cities.calls.map(({ input }) => input["city"])).toEqual(["Paris", "Rome"]);
  const check_stock = { description: "Check stock", properties: { item: string }, run: () => "3" };
  const stock = await talk(sim.url, "How many pears and apples are in stock?", {
    tools: { check_stock },
  });
  expect(stock.calls.map(({ input }) => input["item"])).toEqual(["pears", "apples"]);
  const bills = await talk(sim.url, "Pay invoices 7 over $12.50 and 8 over $3", { tools: { pay } });
  expect(bills.calls.map(({ input }) => input)).toEqual([
    { invoice: "7", amount: 12.5 },
    { invoice: "8", amount: 3 },
  ]);
});
