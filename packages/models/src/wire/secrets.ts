/** Names of headers and parameters that hold keys. */
const telling = /key|token|secret|sig|auth|pass|cookie|code/i;

/** How short a secret may be: under a name that tells of one, or under any other. Shorter words occur in any text. */
interface Least {
  readonly told: number;
  readonly other: number;
}

/** What must not be seen of named values, and what follows a scheme such as `Bearer` in them. */
export function secretsIn(
  values: Iterable<readonly [name: string, value: string]>,
  { told, other }: Least,
): string[] {
  return Array.from(values).flatMap(([name, value]) => {
    const least = telling.test(name) ? told : other;
    return [value, value.slice(value.indexOf(" ") + 1)].filter(({ length }) => length >= least);
  });
}

/** What must not be seen of an address: who asks, and keys among its parameters. */
export function secretsInAddress({ username, password, searchParams }: URL): string[] {
  const user = [username, password].flatMap((part) => [part, decoded(part)]);
  return [
    ...user.filter(({ length }) => length >= 4),
    ...secretsIn(searchParams, { told: 4, other: 16 }),
  ];
}

/** An address as it may be shown, also one that is none. */
export function shownAddress(address: string): string {
  return address.replace(/^([a-z+.-]+:\/\/)?.*@/is, "$1…@").replace(/[?#].*$/s, "?…");
}

/** Takes secrets out of texts, in whatever way these write them. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  if (secrets.length === 0) return (text) => text;
  let pattern: RegExp | undefined;
  return (text) => text.replace((pattern ??= patternOf(secrets)), "…");
}

/** The longest first: a key is a part of the header that holds it. */
function patternOf(secrets: readonly string[]): RegExp {
  const forms = secrets.toSorted((a, b) => b.length - a.length).map(formOf);
  return new RegExp(forms.join("|"), "g");
}

/** A short one is only told from other words by its ends. */
function formOf(secret: string): string {
  const form = Array.from(secret.matchAll(/\\+|[^\\]/g), ([piece]) => characterForm(piece)).join(
    "",
  );
  return secret.length >= 8 ? form : `(?<![\\w-])${form}(?![\\w-])`;
}

/** A character (or some backslashes) as it is, escaped by JSON, once or more often where JSON is inside of JSON, or in an address. */
function characterForm(character: string): string {
  if (character.startsWith("\\")) return `(?:\\\\(?:u005[cC])?|%5[cC]){1,${character.length * 8}}`;
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  const [plain, hex] = [character.replace(/\W/, "\\$&"), anyCase(code)];
  const inAddress = code.startsWith("00") ? `|%${hex.slice(2)}` : "";
  return `(?:\\\\{0,7}(?:${plain}|u${hex})${inAddress})`;
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
