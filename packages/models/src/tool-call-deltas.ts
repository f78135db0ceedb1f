import type { ModelEvent } from "@pawl/core";

import { listOf, numberOf, objectOf, parseJson, textOf, writeJson } from "./json.ts";
import { toolNamed } from "./tool-names.ts";

/** A call while its pieces arrive. */
export interface OpenCall {
  /** The id it has in events and messages. */
  readonly id: string;
  readonly wireId: string | undefined;
  readonly index: number | undefined;
  name: string;
  arguments: string;
  isAnnounced: boolean;
  /** Whether its last piece ended like an object; only then is it worth a look whether all of it is one. */
  mayBeWhole: boolean;
}

interface Delta {
  readonly id: string | undefined;
  readonly index: number | undefined;
  readonly name: string | undefined;
  readonly arguments: string;
}

/**
 * Puts the pieces of tool calls together. Pieces belong together by id, index and name, never by index alone: servers leave
 * it out (ollama/ollama#7881), or give 0 to each (su-kaka/gcli2api#406).
 */
export class ToolCallDeltas {
  readonly calls: OpenCall[] = [];
  readonly #names: ReadonlySet<string>;
  readonly #callIds: ReadonlySet<string>;

  constructor(names: ReadonlySet<string>, callIds: ReadonlySet<string>) {
    this.#names = names;
    this.#callIds = callIds;
  }

  /** Takes in the `tool_calls` of one delta and adds what became visible to `events`. */
  take(toolCalls: unknown, events: ModelEvent[]): void {
    for (const each of listOf(toolCalls)) this.#takeOne(readDelta(each), events);
  }

  /** Announces what could not be announced before its name was known, and ends all calls. */
  end(events: ModelEvent[]): void {
    for (const call of this.calls) {
      this.#announce(call, events);
      events.push({ type: "tool-input-end", callId: call.id });
    }
  }

  #takeOne(delta: Delta, events: ModelEvent[]): void {
    const known = this.#callOf(delta);
    // A piece that says nothing begins nothing.
    if (!known && !delta.id && !delta.name && !delta.arguments) return;
    const call = known ?? this.#open(delta);
    this.#name(call, delta.name);
    call.arguments += delta.arguments;
    if (delta.arguments.trim()) call.mayBeWhole = delta.arguments.trimEnd().endsWith("}");
    if (call.isAnnounced && delta.arguments) add(events, call.id, delta.arguments);
    else if (this.#names.has(call.name)) this.#announce(call, events);
  }

  /** First by id; by index; without an id by the last one; else it is a new call. */
  #callOf(delta: Delta): OpenCall | undefined {
    const { id, index, name } = delta;
    if (id === undefined && index === undefined) return this.#lastFor(delta);
    const byId = this.calls.findLast((each) => id !== undefined && each.wireId === id);
    if (byId && (index ?? byId.index) === (byId.index ?? index)) return byId;
    const byIndex = this.calls.findLast((each) => index !== undefined && each.index === index);
    // Servers that give no ids at all may count every call as the first.
    if (byIndex && id === undefined && this.#isOther(byIndex, name)) return undefined;
    const isContinued = id === undefined || name === undefined || byIndex?.wireId === undefined;
    return isContinued ? byIndex : undefined;
  }

  /** Whether `name` is another tool than that of a call which is whole: its arguments must not go to the wrong tool. */
  #isOther(call: OpenCall, name: string | undefined): boolean {
    const tool = name === undefined ? undefined : toolNamed(name, this.#names);
    return tool !== undefined && tool !== toolNamed(call.name, this.#names) && isWhole(call);
  }

  /** A delta that says only a name begins a new call when the last one is whole. */
  #lastFor({ name }: Delta): OpenCall | undefined {
    const last = this.calls.at(-1);
    return last && name !== undefined && isWhole(last) ? undefined : last;
  }

  #open({ id, index }: Delta): OpenCall {
    const callIds =
      id === undefined || this.#callIds.has(id) || this.calls.some((each) => each.id === id);
    const call = {
      id: callIds ? `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}` : id,
      wireId: id,
      index,
      name: "",
      arguments: "",
      isAnnounced: false,
      mayBeWhole: false,
    };
    this.calls.push(call);
    return call;
  }

  /** A name comes whole, repeated whole, or in pieces: pieces are added only while they make the name of a tool. */
  #name(call: OpenCall, name: string | undefined): void {
    if (name === undefined || call.name === name) return;
    if (this.#names.has(call.name + name)) call.name += name;
    else if (!toolNamed(call.name, this.#names))
      call.name = name.startsWith(call.name) ? name : call.name + name;
  }

  #announce(call: OpenCall, events: ModelEvent[]): void {
    if (call.isAnnounced) return;
    call.isAnnounced = true;
    events.push({
      type: "tool-input-start",
      callId: call.id,
      toolName: toolNamed(call.name, this.#names) ?? call.name,
    });
    if (call.arguments) add(events, call.id, call.arguments);
  }
}

function isWhole(call: OpenCall): boolean {
  return call.mayBeWhole && objectOf(parseJson(call.arguments)) !== undefined;
}

/** Pieces that arrive in one read come as one event. */
function add(events: ModelEvent[], callId: string, text: string): void {
  const last = events.at(-1);
  if (last?.type === "tool-input-delta" && last.callId === callId)
    events[events.length - 1] = { ...last, text: last.text + text };
  else events.push({ type: "tool-input-delta", callId, text });
}

function readDelta(value: unknown): Delta {
  const { id, index, function: called } = objectOf(value) ?? {};
  const { name, arguments: args } = objectOf(called) ?? {};
  return {
    id: textOf(id),
    index: numberOf(index),
    name: textOf(name),
    // Some servers send the object itself in place of its text; what is no object must not pass for no arguments.
    arguments:
      typeof args === "string" ? args : args === undefined || args === null ? "" : writeJson(args),
  };
}
