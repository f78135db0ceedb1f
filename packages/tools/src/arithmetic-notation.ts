import { functions, tokensOf, type Token, type TokenKind } from "./arithmetic-tokens.ts";

/**
 * Rewrites a calculation as people write it ("17% of 3,480", "2 × 3 =") into the operators, numbers and names of the evaluator.
 *
 * @throws Error that says in one sentence how to write it.
 */
export function toPlainArithmetic(text: string): string {
  // A trailing "=" or "= ?" is how a sum is asked for on paper.
  return new Writer(tokensOf(text.replace(/=[\s?]*$/, ""))).write();
}

/** One pair of parentheses: where it began, and which function's arguments it holds. */
interface Group {
  readonly start: Place;
  readonly call: string | undefined;
  commas: number;
}

/** Where something begins, among the tokens read and among the parts written. */
interface Place {
  readonly token: number;
  readonly part: number;
}

const operandEnds: readonly (TokenKind | undefined)[] = [
  "number",
  "constant",
  "close",
  "factorial",
  "percent",
  "percent-word",
];
const operandStarts: readonly (TokenKind | undefined)[] = [
  "number",
  "constant",
  "function",
  "open",
];
/** Deeper than any real calculation, and far from what would exhaust the evaluator's stack. */
const maxDepth = 60;

class Writer {
  private readonly parts: string[] = [];
  private readonly groups: Group[] = [];
  private readonly tokens: readonly Token[];
  /** The operand that has just ended, for a percent sign to wrap; undefined while one is due. */
  private operand: Place | undefined;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  write(): string {
    for (const [index, token] of this.tokens.entries()) this.writers[token.kind](index, token);
    if (this.groups.length > 0 || !this.operand) throw unfinished();
    return this.parts.join(" ");
  }

  private readonly writers: Readonly<Record<TokenKind, (index: number, token: Token) => void>> = {
    number: (index, token) => this.writeOperand(index, token),
    constant: (index, token) => this.writeOperand(index, token),
    function: (index, { text }) => {
      this.begin(index);
      if (this.tokens[index + 1]?.kind !== "open")
        throw new Error(`Write the argument of ${text} in parentheses, like ${text}(2).`);
    },
    open: (index) => this.openGroup(index),
    close: () => this.closeGroup(),
    comma: () => this.writeComma(),
    operator: (_, { text }) => this.writeOperator(text),
    factorial: (index) => {
      if (!this.operand || this.tokens[index - 1]?.kind === "factorial") throw unfinished();
      this.parts.push("!");
    },
    percent: (index) =>
      this.isModulus(index) ? this.writeOperator("%") : this.writePercent(index),
    "percent-word": (index) => this.writePercent(index),
    of: (index) => {
      if (!this.tokens[index - 1]?.kind.startsWith("percent"))
        throw new Error('Write "of" only after a percentage, like 17% of 3480.');
      this.writeOperator("*");
    },
  };

  private begin(index: number): Place {
    if (this.operand)
      throw new Error(`Write an operator before "${this.tokens[index]?.text}", like 2 * (3 + 4).`);
    return { token: index, part: this.parts.length };
  }

  private writeOperand(index: number, { text }: Token): void {
    this.operand = this.begin(index);
    this.parts.push(text);
  }

  private writeOperator(text: string): void {
    if (!this.operand && text !== "-" && text !== "+") throw unfinished();
    this.operand = undefined;
    this.parts.push(text);
  }

  private openGroup(index: number): void {
    const before = this.tokens[index - 1];
    const call = before?.kind === "function" ? before.text : undefined;
    const { token, part } = this.begin(index);
    if (this.groups.length >= maxDepth)
      throw new Error(
        `Nest at most ${maxDepth} pairs of parentheses: split the calculation in steps.`,
      );
    this.groups.push({ start: { token: call ? token - 1 : token, part }, call, commas: 0 });
    this.parts.push(call ? `${functions.get(call)?.[0]} (` : "(");
  }

  private closeGroup(): void {
    const group = this.groups.pop();
    if (!group || !this.operand) throw unfinished();
    const [, least, most] = functions.get(group.call ?? "") ?? ["", 1, 1];
    const count = group.commas + 1;
    if (count < least || count > most)
      throw new Error(
        `${group.call} takes ${least === most ? least : `${least} to ${most}`} argument${most === 1 ? "" : "s"}, got ${count}: a comma inside its parentheses separates arguments, so write 3480 there instead of 3,480.`,
      );
    this.parts.push(")");
    this.operand = group.start;
  }

  private writeComma(): void {
    const group = this.groups.at(-1);
    if (!group?.call)
      throw new Error(
        'A comma can only separate thousands ("3,480") or a function\'s arguments: write the decimal point as ".".',
      );
    if (!this.operand) throw unfinished();
    group.commas += 1;
    this.operand = undefined;
    this.parts.push(",");
  }

  /** "10 % 3" and "10 % -3" are remainders; "20%" before anything else, and "50%-10%", are percentages. */
  private isModulus(index: number): boolean {
    const isSpaced = this.tokens[index]?.isSpaced ?? false;
    const [next, afterNext] = [this.tokens[index + 1], this.tokens[index + 2]];
    if (!next) return false;
    if (operandStarts.includes(next.kind)) {
      if (isSpaced || !next.isSpaced) return true;
      throw new Error('Write "17% of 3480" for a percentage and "17 mod 5" for a remainder.');
    }
    const isSign = ["+", "-"].includes(next.text) && next.isSpaced && !afterNext?.isSpaced;
    return isSpaced && isSign && operandStarts.includes(afterNext?.kind);
  }

  private writePercent(index: number): void {
    if (!this.operand) throw unfinished();
    this.refuseAmbiguousAddend(this.operand.token, index);
    // The whole operand is wrapped, or "50 / 20%" would divide twice.
    this.parts[this.operand.part] = `(${this.parts[this.operand.part]}`;
    this.parts.push("/ 100)");
  }

  /** A pocket calculator takes "100 + 20%" for 120, arithmetic for 100.2. In "5% + 3%" and "1 + 20%" both agree. */
  private refuseAmbiguousAddend(start: number, end: number): void {
    const [sign, left, beforeLeft] = [1, 2, 3].map((back) => this.tokens[start - back]);
    const isAdded = (sign?.text === "+" || sign?.text === "-") && operandEnds.includes(left?.kind);
    const next = this.tokens[end + 1];
    const isWhole = !next || ["+", "-", ")", ","].includes(next.text);
    const isOne =
      left?.text === "1" && (!beforeLeft || ["open", "comma"].includes(beforeLeft.kind));
    if (!isAdded || !isWhole || isOne || left?.text === "%") return;
    throw new Error(
      'A percentage that is added or taken away can be read in two ways: write "100 * (1 + 20%)", or "100 + 0.2" if that is meant.',
    );
  }
}

function unfinished(): Error {
  return new Error(
    "This is no complete calculation: write it with operators and closed parentheses, like (3480 * 17) / 100 or sqrt(16) + 2^3.",
  );
}
