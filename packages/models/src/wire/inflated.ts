import type { Transform } from "node:stream";
import type * as Zlib from "node:zlib";

import { ModelError } from "@pawl/core";

import type { ByteSource } from "./byte-source.ts";
import type { ReplyHead } from "./exchange.ts";

/** What some servers say of a body that is not compressed. */
const plain: ReadonlySet<string> = new Set(["", "identity", "none", "utf-8", "utf8"]);

/**
 * A body that was compressed although nobody asked for it, as some gateways do: what comes out of it as it arrives.
 *
 * @throws ModelError for a success in a coding that is not known.
 */
export async function inflated(
  source: ByteSource,
  { status, headers }: ReplyHead,
): Promise<ByteSource> {
  const codings = [headers["content-encoding"] ?? ""]
    .flat()
    .flatMap((value) => value.split(","))
    .map((coding) => coding.trim().toLowerCase().replace(/^x-/, ""))
    .filter((coding) => !plain.has(coding));
  if (codings.length === 0) return source;
  const known = makersOf(await import("node:zlib"));
  const makers = codings.map((coding) => known.get(coding));
  let inner = source;
  // In the order in which they were put on (RFC 9110 §8.4), so the last one comes off first.
  for (const make of makers.toReversed()) {
    // The status of a refusal says more than that its words cannot be read.
    if (!make && status >= 300) return source;
    if (!make) throw unknownCoding(codings);
    inner = new Inflated(inner, make);
  }
  return inner;
}

/** How to undo a coding, given the first byte of what it made. */
type Maker = (first: number | undefined) => Transform;

function makersOf(zlib: typeof Zlib): ReadonlyMap<string, Maker> {
  const { constants } = zlib;
  // What was cut is given out as far as it goes: whether it is whole is seen by what it says.
  const sync = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
  const flush = constants.BROTLI_OPERATION_FLUSH;
  const whole = constants.ZSTD_e_flush;
  return new Map<string, Maker>([
    ["gzip", () => zlib.createGunzip(sync)],
    ["br", () => zlib.createBrotliDecompress({ flush, finishFlush: flush })],
    ["zstd", () => zlib.createZstdDecompress({ flush: whole, finishFlush: whole })],
    // Some servers leave out the wrapping that the name stands for (RFC 9110 §8.4.1.2); it begins with method 8.
    [
      "deflate",
      (first = 8) =>
        (first & 0x0f) === 8 ? zlib.createInflate(sync) : zlib.createInflateRaw(sync),
    ],
  ]);
}

function unknownCoding(codings: readonly string[]): ModelError {
  const names = codings.join(", ").slice(0, 80);
  return new ModelError(`The answer is compressed as "${names}", which nobody asked for.`, {
    code: "protocol",
  });
}

class Inflated implements ByteSource {
  readonly #source: ByteSource;
  readonly #make: Maker;
  readonly #out: Buffer[] = [];
  #failure: Error | undefined;
  #stream: Transform | undefined;
  #isClosed = false;
  #settle: () => void = () => {};

  constructor(source: ByteSource, make: Maker) {
    this.#source = source;
    this.#make = make;
  }

  async read(): Promise<readonly Buffer[] | undefined> {
    for (;;) {
      const chunks = await this.#source.read();
      if (chunks) await this.#through(Buffer.concat(chunks));
      else await this.#end();
      if (this.#out.length > 0) return this.#out.splice(0);
      if (this.#failure)
        throw new ModelError("The answer is compressed and cannot be read.", {
          code: "protocol",
          retryable: true,
          cause: this.#failure,
        });
      if (!chunks) return undefined;
    }
  }

  content(): void {
    this.#source.content();
  }

  finished(): void {
    this.#source.finished();
  }

  release(): void {
    this.#destroy();
    this.#source.release();
  }

  close(): void {
    this.#destroy();
    this.#source.close();
  }

  #destroy(): void {
    this.#isClosed = true;
    this.#stream?.destroy();
  }

  /** Settles once all that the piece makes has come out, or nothing more will. */
  #through(piece: Buffer): Promise<void> {
    return this.#settled(piece[0], (stream, settle) => stream.write(piece, settle));
  }

  #end(): Promise<void> {
    return this.#settled(undefined, (stream) => stream.end());
  }

  #settled(
    first: number | undefined,
    act: (stream: Transform, settle: () => void) => void,
  ): Promise<void> {
    if (this.#failure || this.#isClosed) return Promise.resolve();
    const stream = (this.#stream ??= this.#streamFor(first));
    if (stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settle = resolve;
      act(stream, resolve);
    });
  }

  /** Made of the first bytes, which say how the rest is to be read. */
  #streamFor(first: number | undefined): Transform {
    const stream = this.#make(first);
    stream.on("data", (chunk: Buffer) => this.#out.push(chunk));
    stream.on("error", (error: Error) => (this.#failure = error));
    // Comes after an error, after the end, and when it is destroyed; a write that failed is never called back.
    stream.on("close", () => this.#settle());
    return stream;
  }
}
