import { Agent, handoff, type RunState, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";

import { inShreds } from "./in-shreds.ts";

const over = { toolCalls: [{ name: "transfer_to_b" }] };
const secrets = ["sk-live-51Hx", "pa-secret-2"] as const;

const fail = (): never => {
  throw new Error(`No ${secrets[0]}`);
};

test("the guardrails of the first agent hold for the answer after a handoff", async () => {
  const { model } = inShreds([{ content: "The forbidden word." }]);
  const b = new Agent({ name: "b", model });
  const a = new Agent({
    model: scripted([over]),
    tools: [handoff(b)],
    guardrails: { output: ({ text }) => (text.includes("bidden") ? { block: "No." } : undefined) },
  });
  const events: unknown[] = [];
  const stream = a.stream("Go.");
  for await (const event of stream) events.push(event);

  expect(await stream.result).toMatchObject({ status: "stopped", detail: "No." });
  expect(JSON.stringify(events)).not.toContain("bidden");
});

test("they are asked before the other agent's own, once each, also after a resume", async () => {
  const asked: string[] = [];
  const check = (name: string) => ({
    output: ({ text }: { text: string }) => {
      asked.push(`${name}: ${text}`);
      return { replace: `${text} ${name}` };
    },
    toolInput: () => void asked.push(`call of ${name}`),
  });
  const pay = tool({
    name: "pay",
    description: "Pays",
    inputSchema: { type: "object" },
    needsApproval: true,
    execute: () => "paid",
  });
  const turns = [{ toolCalls: [{ id: "1", name: "pay" }] }, "Paid."];
  const b = new Agent({
    name: "b",
    model: scripted(turns),
    tools: [pay],
    guardrails: check("b"),
  });
  const guardrails = { output: check("a").output };
  const a = new Agent({ model: scripted([over]), tools: [handoff(b)], guardrails });
  const paused = await a.run("Go.");
  const state = JSON.parse(JSON.stringify(paused.state)) as RunState;
  const result = await a.resume(state, { decisions: [{ callId: "1", approve: true }] });

  expect(result).toMatchObject({ status: "completed", text: "Paid. a b" });
  expect(asked).toEqual(["call of b", "a: Paid.", "b: Paid. a"]);
});

test("they hold for a model that the other agent prepares a step with, and so does what each redacts", async () => {
  const other = scripted([`The forbidden ${secrets.join(" and ")}.`]);
  const seen: string[] = [];
  const b = new Agent({
    name: "b",
    model: scripted([]),
    prepareStep: () => ({ model: other, instructions: `Use ${secrets.join(" or ")}.` }),
    redact: [secrets[1]],
  });
  const a = new Agent({
    model: scripted([over]),
    tools: [handoff(b)],
    redact: [secrets[0]],
    guardrails: { output: ({ text }) => (seen.push(text), { block: `Not ${secrets.join()}` }) },
  });
  const result = await a.run("Go.");

  expect(seen).toEqual(["The forbidden [redacted] and [redacted]."]);
  expect(result).toMatchObject({ status: "stopped", detail: "Not [redacted],[redacted]" });
  expect(other.requests[0]?.instructions).toBe("Use [redacted] or [redacted].");
});

test("an agent without guardrails of the answer leaves the other one as it is", async () => {
  const b = new Agent({
    name: "b",
    model: scripted(["Hi."]),
    guardrails: { output: () => ({ block: "Mine." }) },
  });
  const guardrails = { toolInput: () => {} };
  const a = new Agent({ model: scripted([over]), tools: [handoff(b)], guardrails });

  expect(await a.run("Go.")).toMatchObject({ status: "stopped", detail: "Mine." });
});

test("what the other agent's guardrails say has no secret of the first one in it", async () => {
  const b = new Agent({
    name: "b",
    model: scripted(["Hi."]),
    guardrails: { output: () => ({ block: `Not ${secrets[0]}` }) },
  });
  const a = new Agent({ model: scripted([over]), tools: [handoff(b)], redact: [secrets[0]] });

  expect(await a.run("Go.")).toMatchObject({ status: "stopped", detail: "Not [redacted]" });
});

test("what the other agent alone redacts is not in the errors of its functions", async () => {
  const look = tool({
    name: "look",
    description: "Looks",
    inputSchema: { type: "object" },
    execute: () => "seen",
  });
  for (const options of [{ prepareStep: fail }, { stopWhen: fail }]) {
    const model = scripted([{ toolCalls: [{ name: "look" }] }]);
    const b = new Agent({ name: "b", model, tools: [look], redact: [secrets[0]], ...options });
    const a = new Agent({ model: scripted([over]), tools: [handoff(b)] });

    expect(await a.run("Go.")).toMatchObject({
      status: "failed",
      error: { message: "No [redacted]" },
    });
  }
});
