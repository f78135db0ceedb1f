import type { OfferedFunction, OfferedTool } from "../chat-request.ts";
import { parametersOf, type Parameter } from "./parameter.ts";
import { termsOf, wordsOf } from "./words.ts";

/** What a tool's name, description and schema say about what it is good for. */
export interface ToolProfile {
  readonly name: string;
  readonly description: string;
  /** The words of its name, in lower case. */
  readonly words: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly role: ToolRole;
}

/** What a tool is used for; `main` is the parameter that the use depends on. */
type ToolRole =
  | { readonly kind: "evaluate" | "search" | "read" | "ask"; readonly main: Parameter }
  | { readonly kind: "list" | "final" | "other" };

/** The profiles of the functions on offer. */
export function toolProfiles(tools: readonly OfferedTool[]): readonly ToolProfile[] {
  return tools.flatMap((tool) => (tool.function === undefined ? [] : [profile(tool.function)]));
}

/** The tools with a role, with the parameter that the role depends on. */
export function toolsFor(
  kind: "evaluate" | "search" | "read" | "ask",
  tools: readonly ToolProfile[],
): readonly { readonly tool: ToolProfile; readonly main: Parameter }[] {
  return tools.flatMap((tool) =>
    tool.role.kind === kind && "main" in tool.role ? [{ tool, main: tool.role.main }] : [],
  );
}

/** Whether a parameter takes whatever the user says, in free text. */
export function isFreeText(parameter: Parameter): boolean {
  return parameter.type === "string" && parameter.words.some((word) => freeText.has(word));
}

/** Whether a parameter names where something is found. */
function isLocator(parameter: Parameter): boolean {
  return (
    ["string", "integer", "number"].includes(parameter.type) &&
    parameter.words.some((word) => locators.has(word))
  );
}

function profile({ name, description = "", parameters = {} }: OfferedFunction): ToolProfile {
  const shape = {
    name,
    description,
    words: wordsOf(name),
    parameters: parametersOf(parameters),
  };
  return { ...shape, role: roleOf(shape) };
}

type Shape = Omit<ToolProfile, "role">;

function roleOf(shape: Shape): ToolRole {
  if (isFinal(shape)) return { kind: "final" };
  const expression = shape.parameters.find((one) => isExpression(one, shape));
  if (expression !== undefined) return { kind: "evaluate", main: expression };
  const query = shape.parameters.find(isQuery);
  if (query !== undefined && verbsOf(shape).some((verb) => searchVerbs.has(verb))) {
    return { kind: "search", main: query };
  }
  const locator = shape.parameters.find(isLocator);
  if (isLister(shape)) return { kind: "list" };
  if (
    locator !== undefined &&
    onlyNeeds(shape, locator) &&
    shape.words.some((verb) => readVerbs.has(verb))
  ) {
    return { kind: "read", main: locator };
  }
  const question = shape.parameters.find(isFreeText);
  if (question !== undefined && onlyNeeds(shape, question) && isAdviser(shape)) {
    return { kind: "ask", main: question };
  }
  return { kind: "other" };
}

function isFinal({ words }: Shape): boolean {
  const isOutput = words.some((word) => ["answer", "output", "result", "response"].includes(word));
  return isOutput && words.some((word) => ["final", "submit", "respond", "finish"].includes(word));
}

function isExpression(parameter: Parameter, shape: Shape): boolean {
  if (parameter.type !== "string" || !onlyNeeds(shape, parameter)) return false;
  const isNamed = parameter.words.some((word) => expressionNames.has(word));
  const about = new Set(termsOf(`${shape.name} ${shape.description} ${parameter.description}`));
  const score = ["calculat", "expression", "formula", "math", "sum", "number"].filter((term) =>
    about.has(term),
  ).length;
  return isNamed ? score > 0 || shape.parameters.length === 1 : isFreeText(parameter) && score > 1;
}

function isQuery(parameter: Parameter): boolean {
  return parameter.type === "string" && parameter.words.some((word) => queryNames.has(word));
}

function isLister(shape: Shape): boolean {
  const isNamed = shape.words.some((word) =>
    ["list", "ls", "dir", "browse", "index"].includes(word),
  );
  return (
    isNamed && shape.parameters.every((one) => !one.isRequired || isLocator(one) || isFolder(one))
  );
}

function isFolder(parameter: Parameter): boolean {
  return parameter.words.some((word) => ["dir", "directory", "folder", "root"].includes(word));
}

function isAdviser({ name, description }: Shape): boolean {
  return /\b(?:ask|answers?|question|expert|specialist|research|delegate|consult|agent)/iu.test(
    `${wordsOf(name).join(" ")} ${description}`,
  );
}

/** Words of the name, and the description's first ones, where it says what it does. */
function verbsOf({ words, description }: Shape): readonly string[] {
  return [...words, ...wordsOf(description).slice(0, 4)];
}

function onlyNeeds({ parameters }: Shape, main: Parameter): boolean {
  return parameters.every((one) => one === main || !one.isRequired);
}

const searchVerbs: ReadonlySet<string> = new Set(
  "search searches searching find finds lookup look query queries retrieve retrieves grep discover".split(
    " ",
  ),
);
const readVerbs: ReadonlySet<string> = new Set(
  "read open get fetch load view show cat retrieve visit browse".split(" "),
);
const freeText: ReadonlySet<string> = new Set(
  "question query prompt task topic input text message request instructions q".split(" "),
);
const queryNames: ReadonlySet<string> = new Set(
  `q query question keyword keywords term terms search pattern phrase topic needle text regex
  words`.split(/\s+/u),
);
const expressionNames: ReadonlySet<string> = new Set(
  "expression expr formula equation calculation math sum".split(" "),
);
const locators: ReadonlySet<string> = new Set(
  `path file filename filepath id url uri link href title name document doc slug key page
  handle ref`.split(/\s+/u),
);
