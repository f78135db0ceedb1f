import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import type { ChatEndpoint } from "./chat-endpoint.ts";
import { HttpError, problem } from "./errors.ts";
import { deprecationList, modelList } from "./models.ts";
import type { Settings } from "./options.ts";
import { sendText } from "./send.ts";

/** An HTTP server, not yet listening, with the endpoints of the simulator. */
export function chatServer(chosen: Settings, chat: ChatEndpoint): Server {
  let requests = 0;
  return createServer((request, response) => {
    const id = `00000000-0000-4000-8000-${String(++requests).padStart(12, "0")}`;
    setTracingHeaders(request, response, id);
    void respond({ request, response, id }, chosen, chat);
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly id: string;
}

async function respond(exchange: Exchange, chosen: Settings, chat: ChatEndpoint): Promise<void> {
  const { request, response } = exchange;
  try {
    const name = route(request);
    if (name === "models") {
      const query = addressOf(request).searchParams;
      return sendText(response, JSON.stringify(modelList(chosen.models, query)));
    }
    if (name === "deprecations") {
      return sendText(response, JSON.stringify(deprecationList(chosen.models)));
    }
    requireKey(request, chosen.apiKey);
    await chat.answer(request, response);
  } catch (error) {
    if (!response.destroyed && !response.headersSent) sendProblem(exchange, error);
  }
}

type Route = "chat" | "models" | "deprecations";

function route(request: IncomingMessage): Route {
  const path = addressOf(request).pathname;
  const found = routes[path];
  if (found === undefined) throw new HttpError(404, `Cannot ${request.method} ${path}`);
  if (request.method !== found.method) {
    throw new HttpError(405, `${path} takes ${found.method}, not ${request.method}`);
  }
  return found.name;
}

const routes: Readonly<Record<string, { method: string; name: Route }>> = {
  "/v1/chat/completions": { method: "POST", name: "chat" },
  "/v1/models": { method: "GET", name: "models" },
  "/v1/models/deprecations": { method: "GET", name: "deprecations" },
};

function addressOf(request: IncomingMessage): URL {
  return new URL(request.url ?? "/", "http://localhost");
}

function requireKey(request: IncomingMessage, apiKey: string | undefined): void {
  if (apiKey === undefined || request.headers.authorization === `Bearer ${apiKey}`) return;
  throw new HttpError(401, "This request requires a valid API key.");
}

function setTracingHeaders(request: IncomingMessage, response: ServerResponse, id: string): void {
  response.setHeader("x-inference-id", id);
  response.setHeader("x-request-id", id);
  const clientId = request.headers["x-client-request-id"];
  if (typeof clientId === "string" && /^[\w.:-]{1,128}$/u.test(clientId)) {
    response.setHeader("x-client-request-id", clientId);
  }
}

function sendProblem({ request, response, id }: Exchange, cause: unknown): void {
  const error = cause instanceof HttpError ? cause : new HttpError(500, String(cause));
  response.statusCode = error.status;
  response.setHeader("content-type", "application/problem+json; charset=utf-8");
  if (error.status === 405)
    response.setHeader("allow", routes[addressOf(request).pathname]?.method ?? "");
  // What was not read of the body would be taken for the next request on this socket.
  if (!request.complete) response.setHeader("connection", "close");
  sendText(response, JSON.stringify(problem(error, addressOf(request).pathname, id)));
  request.resume();
}
