import { setImmediate as turn } from "node:timers/promises";

import { cohere } from "@pawl/models";
import { expect, test } from "vitest";

import { ask, type Outcome, serve } from "../server.ts";
import { at, cohereStream, end, example, older, outcomeOf, part, said } from "./cohere-server.ts";

const emoji = cohereStream(
  part("citation-start", { citations: { start: 2, end: 4, text: "é🎉", sources: [{ id: "d" }] } }),
  ...said("a🎉", "é🎉", " z"),
  end(),
);

const streams = {
  "a call": example("stream.tool-call.sse"),
  citations: example("stream.citations.sse"),
  "characters of several bytes": emoji,
};

test.each(Object.entries(streams))(
  "a stream is read the same however it is cut into packets: %s",
  { timeout: 30_000 },
  async (_name, text) => {
    const bytes = Buffer.from(text);
    const wanted = seen(await outcomeOf(bytes));
    expect(wanted.message).toBeDefined();
    const cuts: Buffer[][] = [[...bytes].map((byte) => Buffer.of(byte))];
    for (let cut = 1; cut < bytes.length; cut++)
      cuts.push([bytes.subarray(0, cut), bytes.subarray(cut)]);
    await using server = await serve(async (response, attempt) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const packet of cuts[attempt - 1] ?? []) {
        response.write(packet);
        await turn();
      }
      response.end();
    });
    const model = cohere(older, at(server));
    for (const _ of cuts) expect(seen(await ask(model))).toEqual(wanted);
  },
);

interface Seen {
  readonly joined: string;
  readonly message: unknown;
  readonly error: unknown;
}

/** What a reader has in the end; in how many pieces it came is no matter. */
function seen({ events, message, error }: Outcome): Seen {
  const text = events.map((event) =>
    "text" in event ? `${event.type}: ${event.text}` : event.type,
  );
  const joined = text
    .join("")
    .replaceAll(/(?<=.)(?:text-delta|reasoning-delta|tool-input-delta): /g, "");
  return { joined, message, error };
}
