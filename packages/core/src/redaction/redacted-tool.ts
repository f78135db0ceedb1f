import type { AgentEvent } from "../event.ts";
import type { JsonSchema, Parsed, Schema } from "../schema.ts";
import type { StepEffect, Steps } from "../steps.ts";
import type { Tool, ToolOptions } from "../tool.ts";
import { isThenable } from "../thenable.ts";
import { isGenerator } from "../wrapping/inner-calls.ts";
import { wrapTool } from "../wrapping/wrap-tool.ts";
import { RedactedEvents } from "./redacted-events.ts";
import type { Redactor } from "./redactor.ts";

/** A tool whose outputs, progress, errors and inner steps have no secret in them. */
export function redactedTool<Name extends string, Input, Output, Context>(
  tool: Tool<Name, Input, Output, Context>,
  redactor: Redactor,
): Tool<Name, Input, Output, Context> {
  const source = { ...tool, execute: withCleanProgress(tool, redactor) };
  const redacted = wrapTool(source, async ({ input, options }, next) => {
    const own = changed(options, {
      progress: (value) => options.progress(redactor.value(value)),
      steps: cleanSteps(options.steps, redactor),
    });
    try {
      return redactor.value(await next({ input, options: own }));
    } catch (error) {
      throw redactor.thrown(error);
    }
  });
  const { inputSchema, needsApproval, resources } = tool;
  return {
    ...redacted,
    inputSchema: redactedSchema(inputSchema, redactor),
    needsApproval:
      typeof needsApproval === "function" ? spoken(needsApproval, redactor) : needsApproval,
    resources: resources && spoken(resources, redactor),
  };
}

/** A schema that parses as before, and says nothing secret of what does not fit or of itself. */
function redactedSchema<Input>(schema: Schema<Input>, redactor: Redactor): Schema<Input> {
  const clean = (parsed: Parsed<Input>): Parsed<Input> =>
    parsed.issues ? { issues: redactor.value(parsed.issues) } : parsed;
  const parse = spoken((value: unknown) => schema.parse(value), redactor);
  return {
    // Made when it is asked for: hardly anybody does.
    get json(): JsonSchema {
      return redactor.value(schema.json);
    },
    parse: (value) => {
      const parsed = parse(value);
      return isThenable(parsed) ? Promise.resolve(parsed).then(clean) : clean(parsed);
    },
  };
}

/** A function of the tool's besides its work: what it throws is told, too. */
function spoken<Given extends readonly unknown[], Said>(
  ask: (...given: Given) => Said,
  redactor: Redactor,
): (...given: Given) => Said {
  const fail = (error: unknown): never => {
    throw redactor.thrown(error);
  };
  return (...given) => {
    try {
      const said = ask(...given);
      return isThenable(said) ? (said.then(undefined, fail) as Said) : said;
    } catch (error) {
      return fail(error);
    }
  };
}

/** The options with some of them changed; those that are made when they are first asked for still are. */
function changed<Context>(
  options: ToolOptions<Context>,
  own: Pick<ToolOptions<Context>, "progress" | "steps">,
): ToolOptions<Context> {
  const all = {
    ...Object.getOwnPropertyDescriptors(options),
    ...Object.getOwnPropertyDescriptors(own),
  };
  return Object.defineProperties({}, all) as ToolOptions<Context>;
}

function withCleanProgress<Input, Output, Context>(
  { execute }: Tool<string, Input, Output, Context>,
  redactor: Redactor,
): typeof execute {
  return (input, options) => {
    const returned = execute(input, options);
    return isGenerator<Output>(returned)
      ? mapped(returned, (value) => [redactor.value(value)])
      : returned;
  };
}

/** What a subagent keeps of its steps is a part of the state of the run around it. */
function cleanSteps(steps: Steps, redactor: Redactor): Steps {
  return {
    run: (key, effect) => steps.run(key, cleanEffect(effect, redactor)),
    signal: (key) => steps.signal(key),
  };
}

function cleanEffect<Result>(effect: StepEffect<Result>, redactor: Redactor): StepEffect<Result> {
  return async function* cleaned(): AsyncGenerator<AgentEvent, Result> {
    const events = new RedactedEvents<AgentEvent>(redactor);
    const result = yield* mapped(effect(), (event) => events.take(event));
    yield* events.rest();
    return redactor.record(result);
  };
}

/** Ends as its source ends, and lets go of it when it is left. */
async function* mapped<Value, Result>(
  source: AsyncGenerator<Value, Result>,
  each: (value: Value) => Iterable<Value>,
): AsyncGenerator<Value, Result> {
  let isOver = false;
  try {
    for (;;) {
      isOver = true;
      const next = await source.next();
      if (next.done) return next.value;
      isOver = false;
      yield* each(next.value);
    }
  } finally {
    if (!isOver) await source.return(undefined as Result);
  }
}
