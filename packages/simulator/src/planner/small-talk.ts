import type { ToolProfile } from "./tool-profile.ts";
import { termsOf } from "./words.ts";

/** The line that closes every answer. */
export const signature = "— Pawl simulator: rule-based stand-in, not a language model";

/** The answer to a greeting, thanks, or a question about the speaker itself; undefined for anything else. */
export function smallTalk(question: string, tools: readonly ToolProfile[]): string | undefined {
  const plain = question.trim();
  if (aboutSelf.test(plain)) {
    return `I am the Pawl simulator, a rule-based stand-in for a chat completions server and no language model. ${abilities(tools)}`;
  }
  if (thanks.test(plain)) return "You are welcome.";
  if (greeting.test(plain) || plain === "") return `Hello. ${abilities(tools)}`;
  return helpWanted.test(plain) && termsOf(plain).length <= 2 ? abilities(tools) : undefined;
}

/** What can be done with the tools on offer, in a sentence. */
export function abilities(tools: readonly ToolProfile[]): string {
  if (tools.length === 0) {
    return "No tools are offered here, so I cannot look anything up or work anything out; with tools I call those that your question speaks of and quote what they return.";
  }
  const names = tools.map(({ name }) => name).join(", ");
  return `I can use these tools: ${names}. Ask for something that they do.`;
}

const aboutSelf =
  /\b(?:who|what) (?:exactly )?are you\b|\bare you (?:an? )?(?:\w+ )?(?:ai|llm|gpt|model|bot|robot|human|person|real|language model|chatgpt|cohere)\b|\b(?:which|what) (?:language )?model (?:are|is)\b|\bwhat(?:'s| is) your name\b|\bintroduce yourself\b/iu;
const greeting =
  /^(?:hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day)|hallo|moin)(?:[ ,]+(?:there|all|everyone|pawl|you))?[\s.!?,]*(?:how are you)?[\s.!?]*$/iu;
const thanks = /^(?:thanks|thank you|cheers|great|ok(?:ay)?|perfect)\b[^?]{0,30}$/iu;
const helpWanted = /\b(?:what can you do|how can you help|help)\b/iu;
