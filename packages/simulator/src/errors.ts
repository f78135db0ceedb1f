import type { JsonObject } from "./json.ts";

/** A failure that the client is told about, with its HTTP status. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly data: JsonObject | undefined;

  constructor(status: number, message: string, data?: JsonObject) {
    super(message);
    this.status = status;
    this.data = data;
  }
}

/** The error envelope of AI/ML API (`application/problem+json`) for a failure. */
export function problem(error: HttpError, instance: string, requestId: string): JsonObject {
  const [title, name] = titles[error.status] ?? ["Internal Server Error", "InternalException"];
  return {
    title,
    status: error.status,
    // The gateway reports a body that fails validation as a list, anything else as a text.
    message: error.data?.["issues"] === undefined ? error.message : ["Body validation error!"],
    instance,
    requestId,
    timestamp: new Date().toISOString(),
    error: {
      name,
      message: error.message,
      ...(error.data === undefined ? {} : { data: error.data }),
    },
  };
}

const titles: Readonly<Record<number, readonly [title: string, name: string]>> = {
  400: ["Bad Request", "BadRequestException"],
  401: ["Unauthorized", "UnauthorizedException"],
  403: ["Forbidden", "OutOfFundsException"],
  404: ["Not Found", "NotFoundException"],
  405: ["Method Not Allowed", "MethodNotAllowedException"],
  413: ["Payload Too Large", "PayloadTooLargeException"],
  429: ["Too Many Requests", "ThrottlerException"],
  502: ["Bad Gateway", "BadGatewayException"],
  503: ["Service Unavailable", "ServiceUnavailableException"],
  504: ["Gateway Timeout", "GatewayTimeoutException"],
};
