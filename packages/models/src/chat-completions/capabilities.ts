import { checkOptions, type ModelCapabilities } from "@pawl/core";

const isSwitch = (value: unknown): boolean => typeof value === "boolean";
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;
const formats: readonly unknown[] = ["json-schema", "json-object", "prompt"];

const rules: Readonly<
  Record<keyof ModelCapabilities, readonly [is: (value: unknown) => boolean, words: string]>
> = {
  tools: [isSwitch, "true or false"],
  toolChoice: [isSwitch, "true or false"],
  images: [isSwitch, "true or false"],
  structuredOutput: [
    (value) => formats.includes(value),
    '"json-schema", "json-object" or "prompt"',
  ],
  contextTokens: [isCount, "a whole number of at least 1"],
  maxOutputTokens: [isCount, "a whole number of at least 1"],
};

/** @throws TypeError for an unknown capability or a value of another kind. */
export function checkCapabilities(where: string, capabilities: Partial<ModelCapabilities>): void {
  checkOptions(`${where}: "capabilities"`, capabilities, Object.keys(rules));
  for (const [name, [is, words]] of Object.entries(rules)) {
    const value = capabilities[name as keyof ModelCapabilities];
    if (value !== undefined && !is(value))
      throw new TypeError(
        `${where}: "capabilities.${name}" must be ${words}, got ${JSON.stringify(value)}.`,
      );
  }
}

/** What is known of a model, where a user may know better. */
export function capabilitiesOf(
  known: ModelCapabilities,
  better: Partial<ModelCapabilities>,
): ModelCapabilities {
  const said = Object.entries(better).filter(([, value]) => value !== undefined);
  return { ...known, ...Object.fromEntries(said) };
}
