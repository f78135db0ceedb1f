import type { Message } from "../message.ts";
import type { Session } from "./session.ts";

/** A session that is kept in memory and gone with the process. */
export function memorySession(
  messages: readonly Message[] = [],
  id: string = crypto.randomUUID(),
): Session {
  if (!Array.isArray(messages))
    throw new TypeError(
      "memorySession: the messages must be a list, such as the messages of a result.",
    );
  if (typeof id !== "string" || id === "")
    throw new TypeError("memorySession: the id must be a string that is not empty.");
  const said = [...messages];
  const taken = new Set<string>();
  return {
    id,
    load: () => Promise.resolve([...said]),
    append: (more, by) => {
      if (!by || !taken.has(by.runId)) said.push(...more);
      if (by) taken.add(by.runId);
      return Promise.resolve();
    },
  };
}
