import { type JsonObject, objectOf, parseJson } from "../wire/json.ts";

/** A call while its pieces arrive. */
export class OpenCall {
  /** The id it has in events and messages. */
  readonly id: string;
  readonly wireId: string | undefined;
  readonly index: number | undefined;
  name = "";
  extra: JsonObject | undefined;
  isAnnounced = false;
  /** Whether the arguments come as objects, each of which may take the place of the one before; shown at the end. */
  isObject = false;
  #pieces: string[] = [];
  /** How many of the pieces have been looked at for the end of an object. */
  #scanned = 0;
  #depth = 0;
  #hasBegun = false;
  /** Whether nothing that may follow can make it one whole object. */
  #isBroken = false;
  #isQuoted = false;
  #isEscaped = false;

  constructor(
    id: string,
    wire: { readonly id: string | undefined; readonly index: number | undefined },
  ) {
    this.id = id;
    this.wireId = wire.id;
    this.index = wire.index;
  }

  get arguments(): string {
    const { length } = this.#pieces;
    const isScanned = this.#scanned === length;
    if (length > 1 && (isScanned || this.#scanned === 0)) {
      this.#pieces = [this.#pieces.join("")];
      this.#scanned = isScanned ? 1 : 0;
    }
    return this.#pieces.length === 1 ? (this.#pieces[0] ?? "") : this.#pieces.join("");
  }

  /** In characters. */
  get length(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  add(piece: string): void {
    if (piece !== "") this.#pieces.push(piece);
  }

  /** Takes other arguments in place of those that are there. */
  replace(text: string): void {
    this.#pieces = [text];
    this.#scanned = this.#depth = 0;
    this.#hasBegun = this.#isBroken = this.#isQuoted = this.#isEscaped = false;
  }

  /** The arguments, when they are one whole object. Each piece is looked at once, however often this is asked. */
  get object(): JsonObject | undefined {
    for (; this.#scanned < this.#pieces.length; this.#scanned++)
      this.#scan(this.#pieces[this.#scanned] ?? "");
    if (this.#isBroken || !this.#hasBegun || this.#depth > 0) return undefined;
    const whole = objectOf(parseJson(this.arguments));
    this.#isBroken = whole === undefined;
    return whole;
  }

  #scan(piece: string): void {
    for (const character of piece) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === "\\") this.#isEscaped = this.#isQuoted;
      else if (character === '"') this.#isQuoted = !this.#isQuoted;
      else if (this.#isQuoted) continue;
      else if (character === "{") {
        this.#depth++;
        this.#hasBegun = true;
      } else if (character === "}") this.#isBroken ||= --this.#depth < 0;
    }
  }
}
