import type { IncomingMessage } from "node:http";

import { HttpError } from "./errors.ts";

/** The body of a request as a JSON value: 413 when it is too long, 400 when it is no JSON. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let length = 0;
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLong();
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(piece);
    length += bytes.length;
    if (length > maxBytes) throw tooLong();
    pieces.push(bytes);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString("utf8"));
    return body;
  } catch {
    throw new HttpError(400, "The body is no valid JSON.");
  }
}

const maxBytes = 32 * 1024 * 1024;

function tooLong(): HttpError {
  return new HttpError(413, `The body is longer than ${maxBytes} bytes.`);
}
