import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool, type ToolOptions } from "@pawl/core";
import { scripted, type ScriptedTurn } from "@pawl/core/testing";
import { z } from "zod";

export type NeedsApproval =
  | boolean
  | ((input: { amount: number }, options: ToolOptions) => boolean | Promise<boolean>);

/** An office whose agents are made anew each time, as in another process; what was done is written into `done`. */
export function office(
  turns: readonly (string | ScriptedTurn)[],
  needsApproval: NeedsApproval = true,
) {
  const done: string[] = [];
  const model = scripted(turns);
  const pay = tool({
    description: "Pay an invoice",
    inputSchema: z.object({ amount: z.number().default(1) }),
    effect: "irreversible",
    needsApproval,
    execute: async ({ amount }) => {
      await sleep(1);
      done.push(`paid ${amount}`);
      return { receipt: amount };
    },
  });
  const look = tool({
    description: "Look",
    inputSchema: z.object({}),
    execute: () => done.push("looked"),
  });
  const agent = (): Agent<{ pay: typeof pay; look: typeof look }> =>
    new Agent({ name: "office", model, tools: { pay, look } });
  return { agent, done, model };
}

export const payTwice = {
  text: "I pay.",
  toolCalls: [
    { name: "pay", input: { amount: 7 } },
    { name: "look" },
    { name: "pay", input: { amount: 8 } },
  ],
};
