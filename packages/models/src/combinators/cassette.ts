import { readFileSync } from "node:fs";

import {
  type AssistantMessage,
  type ModelCapabilities,
  ModelError,
  type ModelErrorOptions,
  type ModelEvent,
} from "@pawl/core";

import { type JsonObject, listOf, objectOf, parseJson } from "../wire/json.ts";
import type { ComparableRequest } from "./comparable-request.ts";

/** The version of the format that is written here. */
export const cassetteVersion = 1;

/**
 * A recording: a text file with one JSON object a line. The first line is this header, each further line one answer, in the
 * order in which the answers ended.
 */
export interface CassetteHeader {
  readonly format: "pawl-cassette";
  readonly version: number;
  /** The id of the model. */
  readonly model: string;
  readonly capabilities: ModelCapabilities;
}

/** One line of a recording: what was asked, what was seen of the answer, and the answer or the failure. */
export interface CassetteEntry {
  readonly request: ComparableRequest;
  /** As they came; errors in them have the form of `error`. */
  readonly events: readonly ModelEvent[];
  readonly answer?: AssistantMessage;
  readonly error?: ModelError;
}

/** A recording that was read. */
export interface Cassette {
  readonly header: CassetteHeader;
  readonly entries: readonly CassetteEntry[];
}

/** A header or an entry as a line of the file. */
export function cassetteLine(content: CassetteHeader | CassetteEntry): string {
  const json = JSON.stringify(content, (_key, value: unknown) =>
    value instanceof ModelError ? errorJson(value) : value,
  );
  return `${json}\n`;
}

/** @throws Error of one sentence when there is no such file, or it is damaged, of a newer version, or something else. */
export function readCassette(where: string, file: string): Cassette {
  const lines = textOfFile(where, file).split("\n");
  const header = readHeader(lines[0] ?? "", `${where}: "${file}"`);
  // A line without an end was cut while it was written.
  const isCut = lines.pop() !== "";
  const entries = lines.slice(1).map((line, index) => {
    const entry = readEntry(objectOf(parseJson(line)));
    if (!entry) throw damaged(where, file, index + 2);
    return entry;
  });
  if (isCut) throw damaged(where, file, lines.length + 1);
  return { header, entries };
}

function textOfFile(where: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new Error(
      isMissing
        ? `${where}: there is no file "${file}"; make it with recorded(model, "${file}").`
        : `${where}: "${file}" cannot be read (${(cause as NodeJS.ErrnoException).code ?? "unknown"}).`,
      { cause },
    );
  }
}

function readHeader(line: string, file: string): CassetteHeader {
  const { format, version, model, capabilities } = objectOf(parseJson(line)) ?? {};
  if (format !== "pawl-cassette" || typeof version !== "number")
    throw new Error(
      `${file} is no recording: its first line is not the header of one. Give another file, or delete this one and record again.`,
    );
  if (version > cassetteVersion)
    throw new Error(
      `${file} is of version ${version}, and only version ${cassetteVersion} is known here: update @pawl/models, or delete the file and record again.`,
    );
  if (typeof model !== "string" || !objectOf(capabilities))
    throw new Error(`${file} is damaged: line 1 names no model. Delete the file and record again.`);
  return { format, version, model, capabilities: capabilities as ModelCapabilities };
}

function damaged(where: string, file: string, line: number): Error {
  return new Error(
    `${where}: "${file}" is damaged: line ${line} is no whole answer. Delete the line, or delete the file and record again.`,
  );
}

function readEntry(line: JsonObject = {}): CassetteEntry | undefined {
  const { request, events, answer, error } = line;
  const isAsked = objectOf(request) && Array.isArray(objectOf(request)?.["messages"]);
  if (!isAsked || !Array.isArray(events) || (!objectOf(answer) && !objectOf(error)))
    return undefined;
  return {
    request: request as ComparableRequest,
    events: listOf(events).map(readEvent),
    ...(objectOf(answer) && { answer: answer as AssistantMessage }),
    ...(objectOf(error) && { error: readError(error as ErrorJson) }),
  };
}

function readEvent(written: unknown): ModelEvent {
  const event = written as ModelEvent;
  return "error" in event ? { ...event, error: readError(event.error) } : event;
}

/** A failure as it is written; its cause, which may be anything, is not. */
interface ErrorJson extends Omit<ModelErrorOptions, "cause"> {
  readonly message: string;
}

function errorJson(error: ModelError): ErrorJson {
  const { message, code, status, requestId, retryable, retryAfterMs, partial, attempt } = error;
  return { message, code, status, requestId, retryable, retryAfterMs, partial, attempt };
}

function readError({ message, ...options }: ErrorJson): ModelError {
  return new ModelError(message, options);
}
