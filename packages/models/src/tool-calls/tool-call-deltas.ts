import type { ModelEvent, ToolCall } from "@pawl/core";

import { type JsonObject, listOf, objectOf, parseJson, writeJson } from "../wire/json.ts";
import { announce, show, showEnd } from "./call-events.ts";
import { type CallDelta, readDelta } from "./call-delta.ts";
import { finishedCalls } from "./finished-calls.ts";
import { mintCallId } from "./mint-call-id.ts";
import { OpenCall } from "./open-call.ts";
import { toolNamed } from "./tool-names.ts";

/** What calls have to be read with. */
export interface CallReading {
  /** The names of the tools that were offered. */
  readonly names: ReadonlySet<string>;
  /** The ids of the calls that were made before. */
  readonly callIds: ReadonlySet<string>;
  /** Whether anybody sees the calls being written. */
  readonly isWatched: boolean;
}

/**
 * Puts the pieces of tool calls together. Pieces belong together by id, index and name, never by index alone: servers leave
 * it out (ollama/ollama#7881), or give 0 to each (su-kaka/gcli2api#406).
 */
export class ToolCallDeltas {
  readonly #calls: OpenCall[] = [];
  readonly #reading: CallReading;
  /** How many pieces have said something. */
  count = 0;

  constructor(reading: CallReading) {
    this.#reading = reading;
  }

  /** How much of calls has arrived, in characters. */
  get length(): number {
    return this.#calls.reduce((sum, call) => sum + call.length, 0);
  }

  /** Takes in the `tool_calls` of one delta and adds what became visible to `events`. */
  take(toolCalls: unknown, events: ModelEvent[]): void {
    for (const each of listOf(toolCalls)) this.#takeOne(readDelta(each), events);
  }

  /** The calls that were meant, none of which may be run when the answer was `cut`; ends them in `events`. */
  finish(cut: string | undefined, events: ModelEvent[]): ToolCall[] {
    const taken = new Set(this.#calls.map(({ id }) => id));
    return this.#calls.flatMap((call) => {
      // One of several that were meant has an id made of the first one's, which may be that of another call.
      const calls = finishedCalls(call, { names: this.#reading.names, cut }).map((each) =>
        each.id !== call.id && taken.has(each.id) ? { ...each, id: mintCallId() } : each,
      );
      if (this.#reading.isWatched) showEnd(call, calls, events);
      return calls;
    });
  }

  #takeOne(delta: CallDelta, events: ModelEvent[]): void {
    const known = this.#callOf(delta);
    // A piece that says nothing begins nothing.
    const isSilent = !delta.name && !delta.arguments;
    if (isSilent && !known && !delta.id) return;
    if (!isSilent || !known) this.count++;
    const call = known ?? this.#open(delta);
    this.#name(call, delta.name);
    if (delta.extra) call.extra = { ...call.extra, ...delta.extra };
    if (delta.isObject && call.isEmpty) call.isObject = true;
    const isSaidAgain = known !== undefined && repeats(known, delta);
    if (isSaidAgain) known.replace(delta.arguments);
    else call.add(delta.arguments);
    this.#show(call, isSaidAgain ? "" : delta.arguments, events);
  }

  #show(call: OpenCall, piece: string, events: ModelEvent[]): void {
    if (!this.#reading.isWatched || call.isObject) return;
    if (call.isAnnounced) show(events, call.id, piece);
    else if (this.#isNamed(call)) announce(call, events);
  }

  /** First by id; by index; without an id by the last one; else it is a new call. */
  #callOf(delta: CallDelta): OpenCall | undefined {
    const { id, index, name } = delta;
    if (id === undefined && index === undefined) return this.#lastFor(delta);
    const last = this.#calls.at(-1);
    // By far the most pieces go on with the last call.
    if (id === undefined && name === undefined && last?.index === index) return last;
    return this.#byId(delta) ?? this.#byIndex(delta);
  }

  /** One id may be given to several calls, told apart by their indexes. */
  #byId({ id, index }: CallDelta): OpenCall | undefined {
    if (id === undefined) return undefined;
    return this.#calls.findLast(
      (call) => call.wireId === id && (index ?? call.index) === (call.index ?? index),
    );
  }

  #byIndex({ id, index, name }: CallDelta): OpenCall | undefined {
    const call = this.#calls.findLast((each) => index !== undefined && each.index === index);
    // Servers that give no ids at all may count every call as the first.
    if (call && this.#isOther(call, name)) return undefined;
    const isContinued = id === undefined || name === undefined || call?.wireId === undefined;
    return isContinued ? call : undefined;
  }

  /** A delta that says only a name begins a new call when the last one is whole. */
  #lastFor({ name, arguments: text }: CallDelta): OpenCall | undefined {
    const last = this.#calls.at(-1);
    if (last && name === last.name && text !== "" && last.object) return undefined;
    return last && this.#isOther(last, name) ? undefined : last;
  }

  /** Whether `name` is another tool than that of a call which is whole: its arguments must not go to the wrong tool. */
  #isOther(call: OpenCall, name: string | undefined): boolean {
    if (name === undefined || call.name === "" || name === call.name) return false;
    const { names } = this.#reading;
    const tool = toolNamed(name, names);
    if (tool === undefined || tool === toolNamed(call.name, names)) return false;
    // A name that grows is one name, as long as nothing says that the shorter one was meant.
    const isLonger = name.startsWith(call.name) || this.#isBeginning(call.name + name);
    const isGrowing = isLonger && (call.isEmpty || !names.has(call.name));
    return !isGrowing && (call.isEmpty || call.object !== undefined);
  }

  #open({ id, index }: CallDelta): OpenCall {
    const isTaken =
      id === undefined ||
      this.#reading.callIds.has(id) ||
      this.#calls.some((each) => each.id === id);
    const call = new OpenCall(isTaken ? mintCallId() : id, { id, index });
    this.#calls.push(call);
    return call;
  }

  /** A name comes whole, repeated whole, growing, or in pieces: pieces are added only while they make the name of a tool. */
  #name(call: OpenCall, name: string | undefined): void {
    if (name === undefined || call.name === name) return;
    const { names } = this.#reading;
    if (name.startsWith(call.name) && (call.name === "" || names.has(name))) call.name = name;
    else if (this.#isBeginning(call.name + name)) call.name += name;
    else if (!toolNamed(call.name, names))
      call.name = name.startsWith(call.name) ? name : call.name + name;
  }

  /** Whether the name of a tool begins so, or is that. */
  #isBeginning(text: string): boolean {
    for (const name of this.#reading.names) if (name.startsWith(text)) return true;
    return false;
  }

  /** Whether the name is known for certain: as long as nothing follows it, it may be the beginning of a longer one. */
  #isNamed({ name, isEmpty }: OpenCall): boolean {
    const { names } = this.#reading;
    if (!names.has(name)) return false;
    return !isEmpty || [...names].every((each) => each === name || !each.startsWith(name));
  }
}

/**
 * Whether a delta says a whole call again, as some servers do at the end, and so is no other call: the same arguments in
 * whatever spelling, or under the same id an object that says more than the one before.
 */
function repeats(call: OpenCall, delta: CallDelta): boolean {
  const isNamed = delta.id !== undefined || delta.name !== undefined;
  if (!isNamed || call.isEmpty || !delta.arguments.trimStart().startsWith("{")) return false;
  const before = call.object;
  if (!before) return false;
  const now = objectOf(parseJson(delta.arguments));
  if (!now) return false;
  const isGrown = call.isObject && delta.isObject && delta.id !== undefined;
  return isGrown ? holds(now, before) : writeJson(now) === writeJson(before);
}

/** Whether an object says all that another says. */
function holds(now: JsonObject, before: JsonObject): boolean {
  return Object.keys(before).every(
    (key) => Object.hasOwn(now, key) && writeJson(now[key]) === writeJson(before[key]),
  );
}
