import { ModelError } from "@pawl/core";

import type { ByteSource } from "./byte-source.ts";
import { parseJson } from "./json.ts";
import type { Asked } from "./response-error.ts";

/** More than any answer that comes whole: a body without an end must not fill the memory. */
const maxWholeBytes = 64 * 1024 * 1024;

/** Space, tab, line ends, and the bytes of a UTF-8 byte order mark. */
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/** A body that can be looked at before it is read: servers answer in JSON where a stream was asked, and the reverse. */
export class Body {
  readonly #source: ByteSource;
  #seen: Buffer[] = [];

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The first character that is neither blank nor part of a byte order mark; undefined for an empty body. */
  async first(): Promise<string | undefined> {
    for (;;) {
      const chunks = await this.#source.read();
      if (!chunks) return undefined;
      const [only] = chunks;
      const bytes = only && chunks.length === 1 ? only : Buffer.concat(chunks);
      const start = bytes.findIndex((byte) => !blanks.has(byte));
      // Blanks mean nothing in either form, so they are not kept: a server may send them for as long as it thinks.
      if (start < 0) continue;
      this.#seen.push(bytes.subarray(start));
      return bytes.toString("latin1", start, start + 1);
    }
  }

  read(): Promise<readonly Buffer[] | undefined> {
    return this.#seen.length > 0 ? Promise.resolve(this.#seen.splice(0)) : this.#source.read();
  }

  async text(): Promise<string> {
    const parts: Buffer[] = [];
    let size = 0;
    for (let chunks = await this.read(); chunks; chunks = await this.read()) {
      parts.push(...chunks);
      size += chunks.reduce((sum, { length }) => sum + length, 0);
      if (size > maxWholeBytes)
        throw new ModelError("The answer is too long.", { code: "protocol" });
    }
    return Buffer.concat(parts).toString("utf8");
  }
}

/** How long the words of an error are waited for: until some come, and for all of them. Its status has come already. */
const wordsMs = { idle: 1_500, whole: 4_000 };

/** The beginning of an error's body: a gateway may send pages of it, never begin or end it, or break it off. */
export async function bodyText(source: ByteSource): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let isLate = false;
  const giveUp = (): void => {
    isLate = true;
    source.close();
  };
  const whole = setTimeout(giveUp, wordsMs.whole);
  const idle = setTimeout(giveUp, wordsMs.idle);
  try {
    while (text.length < 65_536 && typeof parseJson(text) !== "object") {
      const chunks = await source.read();
      if (!chunks) break;
      idle.refresh();
      text += decoder.decode(Buffer.concat(chunks), { stream: true });
    }
  } catch (error) {
    // The status says more than how its explanation broke off.
    if (!isLate && !(error instanceof ModelError)) throw error;
  } finally {
    clearTimeout(whole);
    clearTimeout(idle);
  }
  return text;
}

/** A success in HTML comes from a web site, or from something in between. */
export function notAnApi({ host }: Pick<Asked, "host">): ModelError {
  return new ModelError(`${host} sent an HTML page in place of an answer. Check "baseURL".`, {
    code: "protocol",
  });
}
