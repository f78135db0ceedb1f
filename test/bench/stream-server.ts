import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";

import { streamedEvents } from "./streamed-body.ts";

/** Streams what the model's name says, such as `tokens-single-2000`, from memory: each event in a packet, or 64 KB at once. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", async () => {
    const [, kind = "", packets = "", size = ""] =
      /"model":"(\w+)-(\w+)-(\d+)"/.exec(Buffer.concat(chunks).toString("latin1")) ?? [];
    response.writeHead(200, { "content-type": "text/event-stream" });
    await write(response, packetsOf(kind, packets, Number(size)));
    response.end();
  });
});

const made = new Map<string, readonly Buffer[]>();

function packetsOf(kind: string, packets: string, size: number): readonly Buffer[] {
  const key = `${kind} ${packets} ${size}`;
  let cut = made.get(key);
  if (!cut) made.set(key, (cut = cutUp(streamedEvents(kind, size), packets === "single")));
  return cut;
}

function cutUp(events: readonly string[], isSingle: boolean): readonly Buffer[] {
  if (isSingle) return events.map((event) => Buffer.from(event));
  const body = Buffer.from(events.join(""));
  const count = Math.ceil(body.length / 65_536);
  return Array.from({ length: count }, (_, at) => body.subarray(at * 65_536, (at + 1) * 65_536));
}

async function write(response: ServerResponse, packets: readonly Buffer[]): Promise<void> {
  for (const packet of packets) {
    response.write(packet);
    // A turn of the event loop sends what was written, as a server does that flushes each event.
    await turn();
  }
}

server.on("connection", (socket) => socket.setNoDelay(true));
server.listen(0, "127.0.0.1", () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on("disconnect", () => process.exit());
