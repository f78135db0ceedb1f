import type { AgentSetup } from "./agent-setup.ts";
import type { Compaction } from "./context/compaction.ts";
import { guardedModel, type Guarding } from "./guardrails/guarded-model.ts";
import { guardedTool } from "./guardrails/guarded-tool.ts";
import { type Guardrails, readGuardrails } from "./guardrails/guardrails.ts";
import type { Model } from "./model.ts";
import type { Policy } from "./calls/policy.ts";
import type { PrepareStep } from "./turn/prepare-step.ts";
import { redactedModel } from "./redaction/redacted-model.ts";
import { redactedTool } from "./redaction/redacted-tool.ts";
import { Redactor } from "./redaction/redactor.ts";
import type { StopWhen } from "./stop-when.ts";
import type { Tool } from "./tool.ts";

/** What stands around an agent's model and tools: secrets go at the source, so that guardrails see none either. */
export class Safeguards {
  readonly redactor: Redactor | undefined;
  readonly guarding: Guarding | undefined;
  /** Those of the agent that a run was handed over to. */
  readonly #inner: Safeguards | undefined;
  /** One wrapped model for each, since what is known of a model is kept by its object. */
  readonly #models = new WeakMap<Model, Model>();
  /** The models that were wrapped. */
  readonly #sources = new WeakMap<Model, Model>();
  readonly #heirs = new WeakMap<AgentSetup, AgentSetup>();
  #lender: Safeguards | undefined;

  constructor(redactor: Redactor | undefined, guarding: Guarding | undefined, inner?: Safeguards) {
    this.redactor = redactor;
    this.guarding = guarding;
    this.#inner = inner;
  }

  model(model: Model): Model {
    const known = this.#models.get(model);
    if (known) return known;
    const { guarding } = this;
    const redacted = this.#redacted(model);
    const wrapped = guarding?.guards.output.length ? guardedModel(redacted, guarding) : redacted;
    this.#models.set(model, wrapped);
    this.#sources.set(wrapped, model);
    return wrapped;
  }

  #redacted(model: Model): Model {
    const within = this.#inner ? this.#inner.#redacted(model) : model;
    return this.redactor ? redactedModel(within, this.redactor) : within;
  }

  tool(tool: Tool): Tool {
    const { guarding, redactor } = this;
    const redacted = redactor ? redactedTool(tool, redactor) : tool;
    return guarding ? guardedTool(redacted, guarding) : redacted;
  }

  /**
   * The agent that a run is handed over to: what is secret to the run is so to it too, whatever it redacts itself, and its
   * answers pass the run's guardrails before its own.
   */
  heir(next: AgentSetup): AgentSetup {
    const { guarding, redactor } = this;
    const isBare = !redactor && !guarding?.guards.output.length;
    if (isBare || next.safeguards === this) return next;
    let heir = this.#heirs.get(next);
    if (!heir) {
      const own = next.safeguards;
      const safeguards = new Safeguards(redactor, joined(this, own), own);
      // Its own safeguards stand around its model already, in another order.
      const model = safeguards.model((own && own.#sources.get(next.model)) ?? next.model);
      heir = { ...safeguarded(new Safeguards(redactor, undefined), next), model, safeguards };
      this.#heirs.set(next, heir);
      // A run that goes on has it already.
      this.#heirs.set(heir, heir);
    }
    return heir;
  }

  /** The agent that works for the run as a tool: what is secret to the run is so to it too; what it answers is no answer of the run's. */
  lent(next: AgentSetup): AgentSetup {
    this.#lender ??= new Safeguards(this.redactor, undefined);
    return this.#lender.heir(next);
  }

  /** A function whose errors are shown. */
  asked<Given extends readonly unknown[], Said>(
    ask: (...given: Given) => Said | Promise<Said>,
  ): (...given: Given) => Said | Promise<Said> {
    const { redactor } = this;
    if (!redactor) return ask;
    return async (...given) => {
      try {
        return await ask(...given);
      } catch (error) {
        throw redactor.thrown(error);
      }
    };
  }

  /** A function that says something to the loop. */
  speaker<Given extends readonly unknown[], Said>(
    ask: (...given: Given) => Said | Promise<Said>,
  ): (...given: Given) => Said | Promise<Said> {
    const { redactor } = this;
    if (!redactor) return ask;
    return this.asked(async (...given) => redactor.value(await ask(...given)));
  }
}

/** The guardrails of a run that was handed over: the other agent's, and for its answers those of the first one before. */
function joined(first: Safeguards, own: Safeguards | undefined): Guarding | undefined {
  const before = first.guarding?.guards.output ?? [];
  if (before.length === 0 && !own?.guarding) return undefined;
  const guards = own?.guarding?.guards ?? { input: [], output: [], toolInput: [], toolResult: [] };
  const redactors = [own?.redactor, first.redactor];
  return {
    guards: { ...guards, output: [...before, ...guards.output] },
    clean: (words) => redactors.reduce((clean, each) => each?.value(clean) ?? clean, words),
  };
}

/** What safeguards are read from. */
interface SafeguardOptions {
  readonly redact?: ReadonlyArray<string | RegExp> | undefined;
  readonly guardrails?: Guardrails<never> | undefined;
}

/** @throws TypeError when "redact" or "guardrails" is not what it must be. */
export function readSafeguards(
  where: string,
  { guardrails, redact }: SafeguardOptions,
): Safeguards | undefined {
  const redactor = redact === undefined ? undefined : new Redactor(redact);
  const guards = readGuardrails(where, guardrails);
  if (!redactor && !guards) return undefined;
  const clean = <Words>(words: Words): Words => (redactor ? redactor.value(words) : words);
  return new Safeguards(redactor, guards && { guards, clean });
}

/** The parts of an agent that speak, or hear what is said. */
interface Parts {
  readonly model: Model;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly instructions: string | ((context: never) => string | Promise<string>) | undefined;
  readonly policy: Policy<never> | undefined;
  readonly prepareStep: PrepareStep<never> | undefined;
  readonly stopWhen: readonly StopWhen[];
  readonly toolSearch: unknown;
  readonly compaction: Compaction | undefined;
}

/** The parts of an agent with the safeguards around them. */
export function safeguarded<Setup extends Parts>(
  safeguards: Safeguards | undefined,
  setup: Setup,
): Setup & { readonly safeguards: Safeguards | undefined } {
  if (!safeguards) return { ...setup, safeguards };
  const { compaction, instructions, model, policy, prepareStep, tools } = setup;
  if (setup.toolSearch) safeguards.redactor?.know(tools.keys());
  const writer = compaction?.summarize;
  return {
    ...setup,
    safeguards,
    model: safeguards.model(model),
    tools: new Map([...tools].map(([name, tool]) => [name, safeguards.tool(tool)])),
    instructions:
      typeof instructions === "function"
        ? safeguards.speaker(instructions)
        : instructions && (safeguards.redactor?.text(instructions) ?? instructions),
    policy: policy && safeguards.speaker(policy),
    prepareStep: prepareStep && safeguards.asked(prepareStep),
    stopWhen: setup.stopWhen.map((each) => safeguards.asked(each)),
    compaction:
      typeof writer === "object"
        ? { ...compaction, summarize: safeguards.model(writer) }
        : compaction,
  };
}
