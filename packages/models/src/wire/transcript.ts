import type { Message } from "@pawl/core";

/**
 * The messages of one run as they go over the wire: each is turned into JSON once, and what was written stays written, so a
 * step costs what is new in it and not what was said before.
 */
export class Transcript {
  /** The ids of all calls in it. */
  readonly callIds: Set<string> = new Set();
  readonly #written: Message[] = [];
  /** Where each message ends in `#bytes`. */
  readonly #ends: number[] = [];
  // Not out of the pool that all buffers share: a run that lasts would hold on to what others had beside it there.
  #bytes: Buffer = Buffer.allocUnsafeSlow(512);
  readonly #wire: (message: Message) => object;

  /** `wire` puts a message into the form of an API. */
  constructor(wire: (message: Message) => object) {
    this.#wire = wire;
  }

  /** The messages as JSON, each with a comma before it. Good until the next call. */
  write(messages: readonly Message[]): Buffer {
    this.#forget(this.#shared(messages));
    for (let i = this.#written.length; i < messages.length; i++) {
      const message = messages[i];
      if (message) this.#append(message);
    }
    return this.#bytes.subarray(0, this.#ends.at(-1) ?? 0);
  }

  /** How many messages at the beginning are those that were written: all of them, unless a history was cut or changed. */
  #shared(messages: readonly Message[]): number {
    let count = 0;
    while (count < this.#written.length && this.#written[count] === messages[count]) count++;
    return count;
  }

  #forget(from: number): void {
    this.#written.length = from;
    this.#ends.length = from;
  }

  #append(message: Message): void {
    const json = `,${JSON.stringify(this.#wire(message))}`;
    const start = this.#ends.at(-1) ?? 0;
    // A UTF-16 unit is at most three bytes of UTF-8, so most messages fit without being counted.
    if (this.#bytes.length < start + json.length * 3) this.#grow(start, Buffer.byteLength(json));
    this.#ends.push(start + this.#bytes.write(json, start));
    this.#written.push(message);
    if (message.role === "assistant")
      for (const { id } of message.toolCalls ?? []) this.callIds.add(id);
  }

  #grow(used: number, needed: number): void {
    if (this.#bytes.length >= used + needed) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(used + needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, used);
    this.#bytes = larger;
  }
}
