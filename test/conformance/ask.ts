import type { AssistantMessage, Model, ModelEvent, ModelRequest } from "@pawl/core";

/** What came of one request: its events, and its answer or what was thrown. */
export interface Outcome {
  readonly events: readonly ModelEvent[];
  readonly message?: AssistantMessage;
  readonly error?: unknown;
  readonly ms: number;
}

let count = 0;

/** Asks a model and reads to the end. */
export async function ask(model: Model, fields: Partial<ModelRequest> = {}): Promise<Outcome> {
  const events: ModelEvent[] = [];
  const start = performance.now();
  const answer = model.respond({
    run: { id: "conformance" },
    requestId: `conformance.${++count}`,
    messages: [{ role: "user", content: "Go" }],
    tools: [],
    toolChoice: "auto",
    isWatched: true,
    signal: new AbortController().signal,
    ...fields,
  });
  const outcome = (rest: Pick<Outcome, "message" | "error">): Outcome => ({
    events,
    ms: performance.now() - start,
    ...rest,
  });
  try {
    for (;;) {
      const next = await answer.next();
      if (next.done) return outcome({ message: next.value });
      events.push(next.value);
    }
  } catch (error) {
    return outcome({ error });
  }
}

/** The visible text among events. */
export function shownText(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}
