import { ModelError } from "@pawl/core";
import { createParser, type EventSourceMessage } from "eventsource-parser";

/** More than any answer in one event: a line without an end must not fill the memory. */
const maxEventCharacters = 16 * 1024 * 1024;

/** Server-sent events out of the bytes of a body (WHATWG HTML §9.2), in whatever pieces these arrive. */
export class EventStream {
  readonly #decoder = new TextDecoder();
  #events: EventSourceMessage[] = [];
  /** How much has arrived of a line that has no end yet. */
  #unended = 0;
  readonly #parser = createParser({
    maxBufferSize: maxEventCharacters,
    onEvent: (event) => this.#events.push(event),
    onError: (error) => {
      // Lines that are no field are ignored, as the standard says; only the bound is an end.
      if (error.type === "max-buffer-size-exceeded") throw tooLong();
    },
  });

  /** The events that are complete with these pieces. */
  feed(chunks: readonly Buffer[]): readonly EventSourceMessage[] {
    this.#events = [];
    // One by one: put together first, they would be copied once more.
    for (const chunk of chunks) {
      const text = this.#decoder.decode(chunk, { stream: true });
      this.#bound(text);
      this.#parser.feed(text);
    }
    return this.#events;
  }

  /** The event at the end of a body that lacks its last blank line. */
  end(): readonly EventSourceMessage[] {
    this.#events = [];
    this.#parser.feed(`${this.#decoder.decode()}\n\n`);
    return this.#events;
  }

  /** The parser keeps nothing of a comment, and so would read one without an end for ever. */
  #bound(text: string): void {
    const newLine = text.lastIndexOf("\n");
    const end = newLine < 0 ? text.lastIndexOf("\r") : newLine;
    this.#unended = end < 0 ? this.#unended + text.length : text.length - end - 1;
    if (this.#unended > maxEventCharacters) throw tooLong();
  }
}

function tooLong(): ModelError {
  return new ModelError("An event of the stream is too long.", { code: "protocol" });
}
