import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Answers from memory: a model named `steps-50` calls the tool 49 times and then answers. Which answer is next is read off
 * the request, so a loop that forgets or repeats a message is found out.
 */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString("latin1");
    const steps = Number(/"model":"steps-(\d+)"/.exec(body)?.[1]);
    const results = body.split('"role":"tool"').length - 1;
    const answers = body.split('"role":"assistant"').length - 1;
    const isStreamed = body.includes('"stream":true');
    if (!steps || results !== answers)
      response.writeHead(400).end(`${results} results to ${answers} answers`);
    else {
      response.writeHead(200, {
        "content-type": isStreamed ? "text/event-stream" : "application/json",
      });
      response.end(answer(results, steps, isStreamed));
    }
  });
});

const made = new Map<string, Buffer>();

function answer(turn: number, steps: number, isStreamed: boolean): Buffer {
  const isLast = turn === steps - 1;
  const key = `${isLast ? "last" : turn} ${isStreamed}`;
  let bytes = made.get(key);
  if (!bytes)
    made.set(key, (bytes = Buffer.from(isStreamed ? streamed(turn, isLast) : whole(turn, isLast))));
  return bytes;
}

const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

function callOf(turn: number): {
  id: string;
  type: string;
  function: { name: string; arguments: string };
} {
  return {
    id: `call_${turn}`,
    type: "function",
    function: {
      name: "look_up",
      arguments: JSON.stringify({ record: turn, fields: ["name", "value", "next"] }),
    },
  };
}

function whole(turn: number, isLast: boolean): string {
  const said = isLast
    ? { content: "That was all of it." }
    : { content: "", tool_calls: [callOf(turn)] };
  const choice = {
    index: 0,
    message: { role: "assistant", ...said },
    finish_reason: isLast ? "stop" : "tool_calls",
  };
  return JSON.stringify({
    id: "gen-1",
    object: "chat.completion",
    created: 1,
    model: "bench",
    choices: [choice],
    usage,
  });
}

function streamed(turn: number, isLast: boolean): string {
  const events: object[] = [delta({ role: "assistant", content: "" })];
  if (isLast)
    events.push(...["That ", "was ", "all ", "of ", "it."].map((content) => delta({ content })));
  else {
    const { function: called, ...call } = callOf(turn);
    events.push(
      delta({
        tool_calls: [{ index: 0, ...call, function: { name: called.name, arguments: "" } }],
      }),
    );
    for (const piece of called.arguments.match(/.{1,12}/g) ?? [])
      events.push(delta({ tool_calls: [{ index: 0, function: { arguments: piece } }] }));
  }
  events.push(delta({}, isLast ? "stop" : "tool_calls"), { ...head, choices: [], usage });
  return `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`;
}

const head = { id: "gen-1", object: "chat.completion.chunk", created: 1, model: "bench" };

function delta(said: object, finish: string | null = null): object {
  return { ...head, choices: [{ index: 0, delta: said, finish_reason: finish }] };
}

server.listen(0, "127.0.0.1", () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on("disconnect", () => process.exit());
