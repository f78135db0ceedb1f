import { Agent, tool } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";
import { z } from "zod";

/** Runs a call of this schema that a person answers with what `answer` makes of what is shown; what ran in the end. */
async function answered(inputSchema: z.ZodObject, answer: (shown: { n: number }) => { n: number }) {
  const ran: number[] = [];
  const set = tool({
    description: "Set",
    inputSchema,
    needsApproval: true,
    execute: (input) => ran.push((input as { n: number }).n),
  });
  const model = scripted([{ toolCalls: [{ name: "set", input: { n: 5 } }] }, "Done."]);
  const agent = new Agent({ model, tools: { set } });
  const paused = await agent.run("Go.");
  const [approval] = paused.status === "paused" ? paused.approvals : [];
  const shown = approval?.input as { n: number };
  await agent.resume(JSON.parse(JSON.stringify(paused.state)), {
    decisions: [{ callId: "call-1", approve: true, input: answer(shown) }],
  });
  return { shown, ran };
}

const doubled = z.object({ n: z.number().transform((n) => n * 2) });
const shifted = z.object({ n: z.number().default(1), unit: z.string().default("px") });

test("what is shown of a call can be given back, changed or not, and is converted once", async () => {
  expect(await answered(doubled, (shown) => shown)).toEqual({ shown: { n: 5 }, ran: [10] });
  expect(await answered(doubled, () => ({ n: 20 }))).toEqual({ shown: { n: 5 }, ran: [40] });
});

test("the defaults that the schema fills in are shown, since they will be used", async () => {
  const { shown, ran } = await answered(shifted, (given) => ({ ...given, n: 7 }));

  expect(shown).toEqual({ n: 5, unit: "px" });
  expect(ran).toEqual([7]);
});
