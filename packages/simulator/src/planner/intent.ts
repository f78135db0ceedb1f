/** How a part of a question is meant: an order may change things, a remark only read, and what is forbidden nothing. */
export type Intent = "order" | "remark" | "forbidden";

/** How a part is meant, and whether what is joined to it by "and" is meant the same way. */
export interface Meaning {
  readonly intent: Intent;
  readonly carries: boolean;
}

/** How a part reads by itself; what is not plainly an order is none, since an order may do harm. */
export function meaningOf(text: string): Meaning {
  const said = withoutContent(text).trim().replace(fillers, "");
  const plain = said.replace(reminder, "");
  const [asked] = politeness.exec(plain) ?? [""];
  const rest = plain.slice(asked.length);
  if (isForbidden(rest)) return { intent: "forbidden", carries: true };
  if (yesNo.test(rest) || statement.test(rest)) return { intent: "remark", carries: true };
  if (telling.test(rest)) return { intent: "remark", carries: weighing.test(rest) };
  const isQuestion = rest.endsWith("?") && asked === "" && !/\bplease\b/iu.test(rest);
  if (isQuestion || conditional.test(rest)) return { intent: "remark", carries: true };
  return { intent: negation.test(rest) ? "remark" : "order", carries: false };
}

/** What is to be written or sent gives no orders, nor takes any back. */
function withoutContent(text: string): string {
  return text
    .replaceAll("’", "'")
    .replace(/"[^"]*"|“[^”]*”|`[^`]*`/gu, "…")
    .replace(
      /\b(?:saying|that says|reading|titled|called|named|(?:body|subject|text|message)\s+(?!not\b|never\b)\p{L}+)\s.*$/iu,
      "",
    );
}

/** Told not to; a negation in a clause that only describes something, as in "notes that do not end", is no ban. */
function isForbidden(text: string): boolean {
  const at = text.search(ban);
  if (at < 0 || wh.test(text)) return false;
  const isAsked = text.endsWith("?") && yesNo.test(text) && !/^do(?:n't| not)\b/iu.test(text);
  return !isAsked && !/\b(?:that|which|who|because|where|if|whether)\b/iu.test(text.slice(0, at));
}

const ban = /\b(?:never|not|cannot|dont|refrain from|avoid|no need to|stop \p{L}+ing)\b|n't\b/iu;
const negation = /\b(?:never|not|cannot|dont|without \p{L}+ing|instead of)\b|n't\b/iu;
const fillers =
  /^(?:(?:so|and|then|also|well|ok|okay|hey|hi|hello|now|thanks|pawl|but|instead|actually)\b[\s,!:]*)+/iu;
const reminder =
  /^(?:please\s+)?(?:do not|don't|never)\s+(?:forget|hesitate|fail)\s+to\s+|^please\s+/iu;
const politeness =
  /^(?:(?:can|could|would) you (?:please |kindly |now |also )*(?!(?:recommend|advise|say|think|know|consider|ever|be|have)\b)|will you (?:please|kindly) |(?:I|we) (?:want|need|would like|wish) (?:you )?to |(?:I|we)'d like (?:you )?to |let's |kindly )+(?:please )?/iu;
const yesNo =
  /^(?:is|are|am|was|were|does|did|has|have|had|should|shall|may|might|must|can|could|would|will|do (?:I|you|we|they|he|she|it|the|these|those|any|my|our)|(?:is|are|was|were|do|does|did|has|have|had|should|can|could|would|will)n't|am I)\b/iu;
const statement: RegExp = new RegExp(
  [
    String.raw`^(?:(?:I|we|you|he|she|they|it|this|that|there|someone|somebody|nobody|everybody|yesterday)\b|(?:I|we|you|they|he|she|it)'\p{L})(?!\p{L}*\s+(?:want|need|would like|wish)\b)`,
    // "Wiping the disk is dangerous", "The disk gets wiped", "Invoice 7 was paid"
    String.raw`^(?!(?:bring|ping|ring|sing)\b)\p{L}{2,}ing\s`,
    String.raw`^(?:the|my|our|his|her|their|no|every)\s(?!.*\bplease\b)`,
    String.raw`^\p{L}+(?:\s[\p{L}\d-]+)?\s+(?:is|was|has|had|were|are|will|should|must|can)\b`,
  ].join("|"),
  "iu",
);
const telling =
  /^(?:tell (?:me|us)|let (?:me|us) know|show (?:me|us)|explain|describe|summari[sz]e|define|discuss|find out|look up|check (?:whether|if)|what|which|who|whom|whose|when|where|why|how)\b/iu;
/** "Why should I delete it and pay": what is weighed up first is weighed up to the end. */
const weighing = /\b(?:should|would|could|must|can|happens?|do|does|if|whether)\b/iu;
const wh =
  /^(?:what|which|who|whom|whose|when|where|why|how)\b|^(?:tell (?:me|us)|explain|show (?:me|us)|find out)\s+(?:what|which|who|when|where|why|how|if|whether)\b/iu;
const conditional =
  /^(?:if|unless|in case|suppose|assuming)\b|\b(?:if|unless)\b(?! (?:possible|you can|you please|need be))/iu;
