import { once } from "node:events";
import type { Server } from "node:http";

import { ChatEndpoint, type ReceivedRequest } from "./chat-endpoint.ts";
import { settings, type SimulatorOptions } from "./options.ts";
import { chatServer } from "./server.ts";

/** A chat completions server on this machine that needs no key: a rule-based stand-in, no language model. */
export interface Simulator extends AsyncDisposable {
  /** The base URL, ending in `/v1`. */
  readonly url: string;
  /** The valid chat requests received, oldest first; the newest 1000 are kept. */
  readonly requests: readonly ReceivedRequest[];
  /** Ends every connection, hanging ones too, and frees the port. */
  close(): Promise<void>;
}

/** Starts a simulator on 127.0.0.1. */
export async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const chosen = settings(options);
  const chat = new ChatEndpoint(chosen);
  const server = chatServer(chosen, chat);
  await listen(server, chosen.port);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No TCP port was given.");
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    requests: chat.received,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    const isTaken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    if (!isTaken) throw cause;
    const advice = "choose another one, or leave `port` out to get a free one";
    throw new Error(`Port ${port} on 127.0.0.1 is already in use: ${advice}.`, { cause });
  }
}
