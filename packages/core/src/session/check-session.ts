import type { Session } from "./session.ts";

/** @throws TypeError when it is no session. */
export function checkSession(where: string, session: Session): void {
  const { id, load, append } = Object(session) as Partial<Session>;
  const isNamed = typeof id === "string" && id !== "";
  if (!isNamed || typeof load !== "function" || typeof append !== "function")
    throw new TypeError(
      `${where}: "session" must have an "id" that is a text, "load" and "append", such as memorySession() has.`,
    );
}
