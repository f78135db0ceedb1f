import { getEventListeners } from "node:events";

import type {
  Agent,
  AgentEvent,
  BudgetLimits,
  Decision,
  RunResult,
  RunState,
  Tool,
} from "@pawl/core";

import { eventNames } from "./event-names.ts";
import type { World } from "./world.ts";

/** One call of `run` or `resume`: what it began with, what was seen of it, and how it ended. */
export interface Part {
  readonly isResumed: boolean;
  readonly result: RunResult;
  /** All its events; absent when nobody was told of them. */
  readonly events: readonly AgentEvent[] | undefined;
}

/** What a part begins with. */
export interface Beginning {
  readonly isWatched: boolean;
  /** What it may use now, where that is said again. */
  readonly budget?: BudgetLimits | undefined;
  readonly resumed?: Resumed | undefined;
}

interface Resumed {
  readonly state: RunState;
  readonly decisions: readonly Decision[];
  readonly maxSteps: number;
}

type Reader = "run" | "result" | "fast" | "slow" | "leaves";

/** Does one part of a run, in front of a reader of chance and with an abort of chance; nothing when it has no end. */
export async function part(
  world: World,
  agent: Agent<readonly Tool[]>,
  beginning: Beginning,
): Promise<Part | undefined> {
  const { chance, scheduler } = world;
  const reader = chance.of<Reader>(["run", "run", "result", "fast", "slow", "leaves"]);
  const events: AgentEvent[] = [];
  const { isWatched } = beginning;
  const observe = (event: AgentEvent): unknown => events.push(event);
  if (isWatched) for (const name of eventNames) agent.on(name, observe);
  const controller = new AbortController();
  world.isSettled = false;
  world.isDeaf = false;
  world.busy.clear();
  world.log(`${beginning.resumed ? "resume" : "run"}, ${reader}, ${JSON.stringify(world.budget)}`);
  const ended = read({ world, agent, beginning, reader, controller }).then((result) => {
    world.isSettled = true;
    return result;
  });
  abortSomeTime(world, controller);
  const isOver = await scheduler.drive(ended);
  scheduler.thaw();
  if (isWatched) for (const name of eventNames) agent.off(name, observe);
  if (!isOver) {
    world.problem(controller.signal.aborted ? "an abort does not end it" : "it never ends");
    return undefined;
  }
  const listeners = getEventListeners(controller.signal, "abort").length;
  if (listeners > 0) world.problem(`${listeners} listeners are left on the signal`);
  const result = await ended;
  world.log(
    `ended as ${result.status}${result.status === "failed" ? `: ${result.error.message}` : ""}`,
  );
  return {
    isResumed: beginning.resumed !== undefined,
    result,
    events: isWatched ? events : undefined,
  };
}

interface Reading {
  readonly world: World;
  readonly agent: Agent<readonly Tool[]>;
  readonly beginning: Beginning;
  readonly reader: Reader;
  readonly controller: AbortController;
}

async function read(reading: Reading): Promise<RunResult> {
  const { world, agent, beginning, reader, controller } = reading;
  const { signal } = controller;
  const { budget, resumed } = beginning;
  // An agent of any tools cannot say what context they take.
  const options = { signal, context: world as never, budget };
  const { state, ...more } = resumed ?? {};
  const begun = { ...options, runId: world.runId };
  if (reader === "run")
    return await (state ? agent.resume(state, { ...options, ...more }) : agent.run("Go.", begun));
  const stream = state
    ? agent.resumeStream(state, { ...options, ...more })
    : agent.stream("Go.", begun);
  if (reader === "result") return await stream.result;
  const { chance, scheduler } = world;
  let left = reader === "leaves" ? chance.below(20) : Number.POSITIVE_INFINITY;
  for await (const event of stream) {
    if (event.type === "finish") world.isSettled = true;
    if (chance.isOneIn(40)) steer(world, stream, event.type);
    if (reader === "slow") await scheduler.pause(chance.below(3), "reader");
    if (--left < 0) {
      world.isInterrupted = true;
      world.log(`left at ${event.type}`);
      scheduler.freeze();
      break;
    }
  }
  return await stream.result;
}

function steer(world: World, stream: { steer(said: string): boolean }, at: string): void {
  const said = `Steering ${world.steered.length}`;
  const isHeard = stream.steer(said);
  world.log(`${said} at ${at}: ${isHeard}`);
  if (isHeard) world.steered.push(said);
}

/** Now, later, or when nothing moves any more because something is deaf; from then on it has to end by itself. */
function abortSomeTime(world: World, controller: AbortController): void {
  const { chance, scheduler } = world;
  const abort = (): void => {
    if (world.isSettled) return;
    world.log("abort");
    world.isInterrupted = true;
    controller.abort("enough");
    scheduler.freeze();
  };
  scheduler.onStuck(() => {
    const mayHelp = world.isDeaf && !controller.signal.aborted;
    if (mayHelp) abort();
    return mayHelp;
  });
  if (chance.isOneIn(30)) abort();
  else if (chance.isOneIn(4)) void scheduler.pause(1 + chance.below(25)).then(abort);
}
