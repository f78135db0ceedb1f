/**
 * JSON that arrives in pieces, and what it says so far. A value that was shown never shrinks or changes later: strings, lists
 * and objects grow, and all else is shown when it is whole (the next digit might still come).
 */
export class PartialJson {
  #text = "";
  #mode: Mode = "lead";
  /** Where the JSON begins, after words or a Markdown fence that a model may put before it. */
  #start = 0;
  /** What is before this can be shown: what is open there is exactly what is in `#open`. */
  #safe = 0;
  readonly #open: string[] = [];
  #isKey = false;
  #escape = 0;
  #unit = 0;
  #ticks = 0;
  #isGrown = false;
  #shownAt = 0;

  add(piece: string): void {
    const offset = this.#text.length;
    this.#text += piece;
    for (let i = 0; i < piece.length; i++) this.#read(piece.charCodeAt(i), offset + i);
  }

  /**
   * The value so far, made anew; undefined when there is nothing new, or too little. It is made each time that the text has
   * grown by a fiftieth, so that all the work on a text is a multiple of its length and not its square.
   */
  next(): unknown {
    if (!this.#isGrown || this.#text.length < this.#shownAt * 1.02) return undefined;
    this.#isGrown = false;
    this.#shownAt = this.#text.length;
    const closing = (this.#mode === "string" ? '"' : "") + this.#open.toReversed().join("");
    try {
      return JSON.parse(this.#text.slice(this.#start, this.#safe) + closing) as unknown;
    } catch {
      // It is no JSON, and nothing that follows can make it any.
      this.#mode = "broken";
      return undefined;
    }
  }

  /** Whether `text` is what has arrived, and all of it was shown. */
  isShown(text: string): boolean {
    return this.#mode === "over" && !this.#isGrown && this.#text === text;
  }

  #read(code: number, at: number): void {
    switch (this.#mode) {
      case "string":
      case "key":
        return this.#inString(code, at);
      case "scalar":
        if (!isDelimiter(code)) return;
        this.#grow(at);
        this.#mode = "between";
        return this.#between(code, at);
      case "between":
        return this.#between(code, at);
      case "over":
      case "broken":
        return;
      default:
        return this.#before(code, at);
    }
  }

  /** Answers are objects or, where a model forgot the envelope, something else that shows its first sign. */
  #before(code: number, at: number): void {
    if (this.#mode === "lead" && isSpace(code)) return;
    if (this.#mode === "lead" && (code === openBrace || code === openBracket || code === quote)) {
      this.#start = at;
      return this.#between(code, at);
    }
    if (this.#mode === "fence" && code === newline) this.#mode = "lead";
    else if (this.#mode !== "fence") {
      this.#ticks = code === backtick ? this.#ticks + 1 : 0;
      this.#mode = this.#ticks === 3 ? "fence" : "prose";
      if (this.#ticks === 3) this.#ticks = 0;
    }
  }

  #between(code: number, at: number): void {
    this.#mode = "between";
    switch (code) {
      case quote:
        this.#mode = this.#isKey ? "key" : "string";
        this.#unit = 0;
        if (!this.#isKey) this.#grow(at + 1);
        return;
      case openBrace:
      case openBracket:
        this.#open.push(code === openBrace ? "}" : "]");
        this.#isKey = code === openBrace;
        return this.#grow(at + 1);
      case closeBrace:
      case closeBracket:
        this.#open.pop();
        this.#isKey = false;
        return this.#end(at);
      case comma:
        this.#isKey = this.#open.at(-1) === "}";
        return;
      case colon:
        this.#isKey = false;
        return;
      default:
        if (!isSpace(code)) this.#mode = "scalar";
    }
  }

  #inString(code: number, at: number): void {
    if (this.#escape === 0 && code === quote) {
      this.#isGrown ||= isHalf(this.#unit);
      if (this.#mode === "key") this.#mode = "between";
      else this.#end(at);
    } else if (this.#escape === 0 && code === backslash) this.#escape = 1;
    else if (this.#escape === 1 && code === letterU) {
      this.#escape = 5;
      this.#unit = 0;
    } else if (this.#escape > 2) {
      this.#escape--;
      this.#unit = this.#unit * 16 + hexDigit(code);
    } else {
      this.#unit = this.#escape === 2 ? this.#unit * 16 + hexDigit(code) : code;
      this.#escape = 0;
      // The first half of a character that takes two is shown together with the other.
      if (this.#mode === "string" && !isHalf(this.#unit)) this.#grow(at + 1);
    }
  }

  #grow(to: number): void {
    this.#safe = to;
    this.#isGrown = true;
  }

  /** A value is closed: it says nothing new, but it is no longer open. */
  #end(at: number): void {
    this.#safe = at + 1;
    this.#mode = this.#open.length === 0 ? "over" : "between";
  }
}

/**
 * Where the reader is: before the JSON (at a place where it may begin, in words, or in the first line of a fence), in a text,
 * in a name, in a number or word, between these, behind it all, or in what is no JSON.
 */
type Mode =
  | "lead"
  | "prose"
  | "fence"
  | "string"
  | "key"
  | "scalar"
  | "between"
  | "over"
  | "broken";

const newline = 0x0a;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const backtick = 0x60;
const letterU = 0x75;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xfeff;
}

function isDelimiter(code: number): boolean {
  return code === comma || code === closeBrace || code === closeBracket || isSpace(code);
}

function isHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function hexDigit(code: number): number {
  return Number.parseInt(String.fromCharCode(code), 16) || 0;
}
