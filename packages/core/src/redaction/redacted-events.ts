import type { AgentEvent } from "../event.ts";
import type { RedactedStream } from "./redacted-stream.ts";
import type { Redactor } from "./redactor.ts";

/**
 * The events of one answer, or of one step, with no secret in them: what is streamed is held back as far as it could be the
 * beginning of one.
 */
export class RedactedEvents<Event extends AgentEvent> {
  readonly #redactor: Redactor;
  readonly #channels = new Map<string, Channel>();
  #isShown = false;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  *take(event: Event): Generator<Event, void> {
    if (isDelta(event)) {
      const { named, stream } = this.#channelOf(event);
      const text = stream.push(event.text);
      // That something has arrived is shown at once, if only by an empty piece: from here on nobody may ask again in silence.
      if (text !== "" || !this.#isShown) yield { ...named, text } as Event;
      this.#isShown = true;
      return;
    }
    if (event.type === "tool-input-end") yield* this.rest(keyOf(event));
    if (event.type === "reset") this.#channels.clear();
    yield this.#redactor.event(event);
  }

  /** What was held back of one channel, or of all, when nothing more can come. */
  *rest(key?: string): Generator<Event, void> {
    for (const [name, { named, stream }] of this.#channels) {
      if (key !== undefined && name !== key) continue;
      const text = stream.end();
      if (text !== "") yield { ...named, text } as Event;
      this.#channels.delete(name);
    }
  }

  #channelOf(event: Delta): Channel {
    const key = event.type === "tool-input-delta" ? keyOf(event) : event.type;
    let channel = this.#channels.get(key);
    if (!channel) {
      const named = this.#redactor.event({ ...event, text: "" });
      channel = { named, stream: this.#redactor.stream() };
      this.#channels.set(key, channel);
    }
    return channel;
  }
}

type Delta = Extract<
  AgentEvent,
  { readonly type: "text-delta" | "reasoning-delta" | "tool-input-delta" }
>;

interface Channel {
  /** An event of the channel, without a text. */
  readonly named: Delta;
  readonly stream: RedactedStream;
}

function isDelta(event: AgentEvent): event is Delta {
  return ["text-delta", "reasoning-delta", "tool-input-delta"].includes(event.type);
}

/** Each call is written in a channel of its own. */
function keyOf({ callId }: { readonly callId: string }): string {
  return `call ${callId}`;
}
