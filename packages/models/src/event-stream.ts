import { ModelError } from "@pawl/core";
import { createParser, type EventSourceMessage } from "eventsource-parser";

/** More than any answer in one event: a line without an end must not fill the memory. */
const maxEventCharacters = 16 * 1024 * 1024;

/** Server-sent events out of the bytes of a body (WHATWG HTML §9.2), in whatever pieces these arrive. */
export class EventStream {
  readonly #decoder = new TextDecoder();
  readonly #events: EventSourceMessage[] = [];
  readonly #parser = createParser({
    maxBufferSize: maxEventCharacters,
    onEvent: (event) => this.#events.push(event),
    onError: (error) => {
      // Lines that are no field are ignored, as the standard says; only the bound is an end.
      if (error.type === "max-buffer-size-exceeded")
        throw new ModelError("An event of the stream is too long.", { code: "protocol" });
    },
  });

  /** The events that are complete with this piece. */
  feed(bytes: Uint8Array): readonly EventSourceMessage[] {
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    return this.#events.splice(0);
  }

  /** The event at the end of a body that lacks its last blank line. */
  end(): readonly EventSourceMessage[] {
    this.#parser.feed(`${this.#decoder.decode()}\n\n`);
    return this.#events.splice(0);
  }
}
