import { checkOptions } from "@pawl/core";

/** Which application asks, for AI/ML API's statistics and rebates. Each field is a header, sent as it is given. */
export interface Attribution {
  /**
   * What kind of application it is and its name: `web/`, `agent/` or `mcp/`, and 1 to 32 small letters, digits or hyphens.
   *
   * @defaultValue none is sent
   */
  readonly source?: string | undefined;
  /**
   * Your own partner id: `part_` and 1 to 64 letters or digits.
   *
   * @defaultValue none is sent
   */
  readonly partnerId?: string | undefined;
  /**
   * The web address of the application.
   *
   * @defaultValue none is sent
   */
  readonly referer?: string | undefined;
  /**
   * The application's name, one line.
   *
   * @defaultValue none is sent
   */
  readonly title?: string | undefined;
  /**
   * The GitHub repository of the integration, such as `"octo/app"`.
   *
   * @defaultValue none is sent
   */
  readonly integrationRepo?: string | undefined;
  /**
   * The version of the integration: digits, letters and `.`, `+`, `_` or `-`.
   *
   * @defaultValue none is sent
   */
  readonly integrationVersion?: string | undefined;
}

/** AI/ML API silently drops what is not of this form (aimlapi/pi-aimlapi has the headers). */
const rules: Readonly<Record<keyof Attribution, Rule>> = {
  source: {
    header: "x-aimlapi-source",
    form: /^(?:web|agent|mcp)\/[a-z0-9-]{1,32}$/,
    example: "agent/my-app",
  },
  partnerId: {
    header: "x-aimlapi-partner-id",
    form: /^part_[A-Za-z0-9]{1,64}$/,
    example: "part_Ab12",
  },
  referer: { header: "http-referer", form: /^https?:\/\/[\x21-\x7e]+$/, example: "https://my.app" },
  title: {
    header: "x-title",
    form: /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/,
    example: "My app",
  },
  integrationRepo: {
    header: "x-aimlapi-integration-repo",
    form: /^[\w.-]+\/[\w.-]+$/,
    example: "octo/app",
  },
  integrationVersion: {
    header: "x-aimlapi-integration-version",
    form: /^[\w.+-]{1,64}$/,
    example: "1.2.0",
  },
};

interface Rule {
  readonly header: string;
  readonly form: RegExp;
  readonly example: string;
}

/**
 * The headers that say which application asks. None for any server but AI/ML API itself: a partner's id is nobody else's business.
 *
 * @throws TypeError for an unknown name or a value of another form.
 */
export function attributionHeaders(
  where: string,
  attribution: Attribution,
  { origin }: URL,
): Readonly<Record<string, string>> {
  checkOptions(`${where}: "attribution"`, attribution, Object.keys(rules));
  const headers: Record<string, string> = {};
  for (const [name, { header, form, example }] of Object.entries(rules)) {
    const value: unknown = attribution[name as keyof Attribution];
    if (value === undefined) continue;
    if (typeof value !== "string" || !form.test(value))
      throw new TypeError(
        `${where}: "attribution.${name}" must be a text such as "${example}", got ${JSON.stringify(value)}.`,
      );
    headers[header] = value;
  }
  return origin === "https://api.aimlapi.com" ? headers : {};
}
