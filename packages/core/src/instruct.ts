import type { AgentEvent } from "./event.ts";
import type { Running } from "./running.ts";

/** Has the agent's instructions as a text: what a function made of them is kept, since it may have read the clock. */
export async function* instruct(it: Running): AsyncGenerator<AgentEvent, void> {
  const { agent, context, scope, steps } = it;
  const { instructions, name } = agent;
  if (typeof instructions !== "function") {
    it.instructions.set(agent, instructions);
    return;
  }
  const key = agent === it.root ? "instructions" : `instructions-${encodeURIComponent(name)}`;
  // oxlint-disable-next-line require-yield -- a step is a generator; this one has nothing to report
  const made = yield* steps.run(key, async function* made() {
    const said: unknown = await scope.race(Promise.resolve(instructions(context as never)));
    if (said === undefined || typeof said === "string") return said;
    throw new TypeError(
      `Agent "${name}": the function given as "instructions" must return a string.`,
    );
  });
  it.instructions.set(agent, made);
}
