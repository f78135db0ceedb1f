import type { AgentEvent } from "../event.ts";
import type { AssistantMessage } from "../message.ts";
import { jsonIn } from "./json-in.ts";
import type { OutputForm } from "./output-form.ts";
import { PartialJson } from "./partial-json.ts";

/** A turn of the model, with what its answer says so far shown besides as `output-delta`. */
export async function* partialOutputs(
  turn: AsyncGenerator<AgentEvent, AssistantMessage>,
  form: OutputForm,
): AsyncGenerator<AgentEvent, AssistantMessage> {
  let json = new PartialJson();
  try {
    for (;;) {
      const next = await turn.next();
      if (next.done) {
        const { content } = next.value;
        const whole = json.isShown(content) ? undefined : jsonIn(content, true);
        if (whole && !whole.issues)
          yield { type: "output-delta", output: form.opened(whole.value) };
        return next.value;
      }
      yield next.value;
      if (next.value.type === "reset") json = new PartialJson();
      if (next.value.type !== "text-delta") continue;
      json.add(next.value.text);
      const output = form.shown(json.next());
      if (output !== undefined) yield { type: "output-delta", output };
    }
  } finally {
    // A reader that leaves has the turn ended too; after its own end this does nothing.
    await turn.return(undefined as never);
  }
}
