import { readFileSync } from "node:fs";

import type { AssistantMessage, ModelRequest } from "@pawl/core";
import { cohere, type CohereOptions } from "@pawl/models";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

import { ask, type Outcome, request, send, type Server, serve } from "../server.ts";
import { requestSchema } from "./request-schema.ts";

/** A model that knows no choice of tools, and one that does. */
export const older = "command-r-plus-08-2024";
export const newer = "command-a-03-2025";

/** Options that lead to a server. */
export function at({ baseURL }: Server): CohereOptions {
  return { baseURL: baseURL.replace(/\/v1$/, ""), apiKey: "secret-key-of-mine" };
}

/** One of the documented examples. */
export function example(name: string): string {
  return readFileSync(new URL(`../contract/examples/cohere.${name}`, import.meta.url), "utf8");
}

/** One event of a stream. */
export interface CohereEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Events as Cohere streams them, each under its type. */
export function cohereStream(...events: readonly CohereEvent[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

/** An event about a part of the message. */
export function part(type: string, message: object, index?: number): CohereEvent {
  return { type, ...(index !== undefined && { index }), delta: { message } };
}

/** The last event. */
export function end(finish_reason = "COMPLETE", more: object = {}): CohereEvent {
  return { type: "message-end", delta: { finish_reason, ...more } };
}

/** Pieces of text, as the one block of an answer. */
export function said(...texts: readonly string[]): CohereEvent[] {
  return [
    part("content-start", { content: { type: "text", text: "" } }, 0),
    ...texts.map((text) => part("content-delta", { content: { text } }, 0)),
    { type: "content-end" },
  ];
}

/** A whole answer, not streamed. */
export function whole(message: object, finish_reason = "COMPLETE", more: object = {}): object {
  return { id: "c1", finish_reason, message: { role: "assistant", ...message }, ...more };
}

/** What comes of an answer: of a text as a stream, of an object as JSON. */
export async function outcomeOf(
  answer: string | Buffer | object,
  options: CohereOptions & { model?: string } = {},
  fields: Partial<ModelRequest> = {},
): Promise<Outcome> {
  await using server = await serve((response) => send(response, answer));
  const { model = older, ...more } = options;
  return await ask(cohere(model, { maxRetries: 0, ...more, ...at(server) }), fields);
}

/** The message that comes of an answer; fails the test when none does. */
export async function messageOf(
  answer: string | object,
  options: CohereOptions & { model?: string } = {},
): Promise<AssistantMessage> {
  const { message, error } = await outcomeOf(answer, options);
  if (!message) throw error;
  return message;
}

/** The body of a request, as far as tests look at it. */
export interface CohereBody extends Record<string, unknown> {
  readonly messages: readonly Record<string, unknown>[];
  readonly tools?: readonly { readonly function: Record<string, unknown> }[];
}

const isValid = new Ajv2020({ allErrors: true, strict: false }).compile(requestSchema);

/** The bodies of requests to one model, each of which has to be one that Cohere takes. */
export async function bodiesOf(
  requests: readonly Partial<ModelRequest>[],
  { model = older, ...options }: CohereOptions & { model?: string } = {},
): Promise<readonly CohereBody[]> {
  await using server = await serve((response) =>
    send(response, cohereStream(...said("Hello"), end())),
  );
  const asked = cohere(model, { ...options, ...at(server) });
  for (const fields of requests) {
    const { error } = await ask(asked, fields);
    if (error) throw error;
  }
  return server.received.map(({ body }) => {
    const sent = JSON.parse(body) as CohereBody;
    isValid(sent);
    expect(isValid.errors).toBeNull();
    return sent;
  });
}

/** The body of one request. */
export async function bodyOf(
  fields: Partial<ModelRequest>,
  options: CohereOptions & { model?: string } = {},
): Promise<CohereBody> {
  const [body] = await bodiesOf([fields], options);
  if (!body) throw new Error("Nothing was sent.");
  return body;
}

/** What is thrown for a request that is not sent. */
export async function refusalOf(
  fields: Partial<ModelRequest>,
  options: CohereOptions & { model?: string } = {},
): Promise<unknown> {
  const { error } = await outcomeOf(cohereStream(...said("sent"), end()), options, request(fields));
  return error;
}
