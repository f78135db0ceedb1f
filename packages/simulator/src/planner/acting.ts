import type { ToolProfile } from "./tool-profile.ts";
import { wordsOf } from "./words.ts";

/** Whether a tool speaks of changing something, so that only an order may call it. */
export function isActing({ words, description, parameters, role }: ToolProfile): boolean {
  if (["search", "list", "evaluate", "final"].includes(role.kind)) return false;
  const [first = "", second = ""] = words;
  const about = wordsOf(description);
  const numeric = parameters.every(({ type }) => type === "number" || type === "integer");
  // `add(a, b)` changes nothing.
  if (numeric && parameters.length > 1 && /\bnumbers?\b/iu.test(description)) return false;
  if (words.some((word) => changes.has(word))) return true;
  if (role.kind === "read" || isReading(first)) return false;
  if ([first, second].some((word) => mayChange.has(word))) return true;
  if (isReading(about[0] ?? "")) return false;
  return about.some((word) => changes.has(word)) || mayChange.has(about[0] ?? "");
}

function isReading(word: string): boolean {
  return reading.has(word) || reading.has(word.replace(/s$/u, ""));
}

/** A verb as it stands in names and descriptions: "delete", "deletes", "deleting", but not "deleted". */
function formsOf(verb: string): readonly string[] {
  const stem = verb.replace(/e$/u, "");
  return [verb, `${verb}s`, `${verb}es`, `${verb}ing`, `${stem}ing`, `${verb}${verb.at(-1)}ing`];
}

function verbs(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/u).flatMap(formsOf));
}

/** Verbs that are hardly anything else. */
const changes: ReadonlySet<string> = verbs(
  `pay delete wipe remove erase send deploy redeploy restart reboot kill terminate shutdown cancel create write
  overwrite edit modify rename buy purchase refund reserve submit publish upload install uninstall destroy purge
  revoke grant approve reject merge enable disable unlock archive assign invite insert replace subscribe unsubscribe
  sell withdraw deposit donate reset notify launch dispatch activate deactivate truncate trash flush evict`,
);

/** Verbs that are nouns as well: "order" acts in `order_pizza` and not in `get_order`. */
const mayChange: ReadonlySet<string> = verbs(
  `order book transfer update open close charge post move record store change format register message run start
  stop set sign import save schedule ship fire block ban lock turn switch add put make push drop commit execute
  rotate apply empty clear mail email issue release mark toggle control manage adjust`,
);

const reading: ReadonlySet<string> = new Set(
  `get list search read check find look lookup show fetch view count describe calculate convert compute tell query
  retrieve browse inspect compare estimate is has status current weather translate summarize summarise preview`.split(
    /\s+/u,
  ),
);
