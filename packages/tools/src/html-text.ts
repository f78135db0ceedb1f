/** The readable text of an HTML page. Not a parser: good enough for reading, never for showing as HTML again. */
export function htmlText(html: string): string {
  const text = withoutHidden(html)
    .replace(/\s+/g, " ")
    .replace(block, "\n")
    .replace(/<\/?[a-z!?][^<>]*>?/gi, " ");
  return decodeEntities(text)
    .replace(/[ \t\u00a0]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()
    .toWellFormed();
}

const block =
  /<(?:\/?(?:p|div|section|article|header|footer|main|ul|ol|table|tr|pre|blockquote|h[1-6]|title)|br|hr|li|dt|dd)\b[^<>]*>/gi;

/** Comments and what no reader sees. By index and not by one lazy pattern, which is quadratic on a page of unclosed tags. */
function withoutHidden(html: string): string {
  const open = /<(!--|(?:script|style|template|noscript|svg)\b)/gi;
  const kept: string[] = [];
  let at = 0;
  for (let found = open.exec(html); found; found = open.exec(html)) {
    kept.push(html.slice(at, found.index));
    const close = found[1] === "!--" ? /-->/g : new RegExp(`</${found[1]}\\b[^<>]*>`, "gi");
    close.lastIndex = found.index;
    at = close.exec(html) ? close.lastIndex : html.length;
    open.lastIndex = at;
  }
  kept.push(html.slice(at));
  return kept.join(" ");
}

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
  ["ndash", "–"],
  ["mdash", "—"],
  ["hellip", "…"],
  ["lsquo", "‘"],
  ["rsquo", "’"],
  ["ldquo", "“"],
  ["rdquo", "”"],
  ["laquo", "«"],
  ["raquo", "»"],
  ["bull", "•"],
  ["middot", "·"],
  ["copy", "©"],
  ["reg", "®"],
  ["trade", "™"],
  ["deg", "°"],
  ["times", "×"],
  ["euro", "€"],
  ["pound", "£"],
]);

/** In one pass, so that "&amp;lt;" becomes "&lt;" and not "<". */
function decodeEntities(text: string): string {
  return text.replace(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});/gi, (whole, written: string) => {
    const name = written.toLowerCase();
    if (!name.startsWith("#")) return entities.get(name) ?? whole;
    const code = Number(name.startsWith("#x") ? `0${name.slice(1)}` : name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
