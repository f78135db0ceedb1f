import { AsyncLocalStorage } from "node:async_hooks";

import { checkMessage } from "../check-message.ts";
import { wordsOf } from "../errors.ts";
import type { AgentEvent } from "../event.ts";
import type { Message } from "../message.ts";
import type { Approval } from "../result.ts";
import type { Running } from "../running.ts";
import { Interrupted } from "../scope.ts";
import type { Session } from "./session.ts";
import { SessionTurn } from "./session-turn.ts";

type Loop = AsyncGenerator<AgentEvent, readonly Approval[]>;

/**
 * A run's loop between the session's history and its record: it begins when no other run is at work in the session, with what
 * those before it said, and gives the session all that it said itself when it is completed, and only then.
 */
export async function* inSession(it: Running, session: Session, loop: Loop): Loop {
  const turn = new SessionTurn(session.id, turns.getStore());
  const store = new Store({ it, session, turn });
  // Who watches an aborted run may never read on, and nobody has to wait for that.
  it.scope.race(new Promise<never>(() => {})).catch(() => store.leave());
  try {
    await store.enter();
    yield* store.load();
    const approvals = yield* inTurn(turn, loop);
    if (approvals.length === 0) yield* store.append();
    return approvals;
  } finally {
    store.leave();
  }
}

/** The turn of the run that the code at hand is a part of: a run that a tool or a store starts must know what waits for it. */
const turns = new AsyncLocalStorage<SessionTurn>();

async function* inTurn(turn: SessionTurn, loop: Loop): Loop {
  try {
    for (;;) {
      const next = await turns.run(turn, () => loop.next());
      if (next.done) return next.value;
      yield next.value;
    }
  } finally {
    await loop.return([]);
  }
}

interface Place {
  readonly it: Running;
  readonly session: Session;
  readonly turn: SessionTurn;
}

/** A session as one run sees it. */
class Store {
  readonly #it: Running;
  readonly #session: Session;
  readonly #turn: SessionTurn;
  /** What the session was asked and has not answered. */
  #open: PromiseLike<unknown> | undefined;

  constructor({ it, session, turn }: Place) {
    this.#it = it;
    this.#session = session;
    this.#turn = turn;
  }

  async enter(): Promise<void> {
    let begun: Promise<void>;
    try {
      begun = this.#turn.enter();
    } catch (error) {
      throw this.#failure("", error);
    }
    await this.#it.scope.race(begun);
  }

  /** What an aborted run asked last may still be under way, and must not meet what the next one does. */
  leave(): void {
    const leave = (): void => this.#turn.leave();
    if (this.#open) this.#open.then(leave, leave);
    else leave();
  }

  /** Puts the history before the input; not again when the run goes on from a state that has it. */
  async *load(): AsyncGenerator<AgentEvent, void> {
    const { conversation } = this.#it;
    if (conversation.inputStart === undefined && conversation.stepsTaken === 0)
      conversation.precede(yield* this.#step("load", () => this.#history()));
    // A run that was begun without a session has no history but its own.
    conversation.inputStart ??= 0;
  }

  async *append(): AsyncGenerator<AgentEvent, void> {
    const { conversation, id } = this.#it;
    const said = conversation.messages.slice(conversation.inputStart);
    // Nothing is left to say when a run that was completed before is resumed.
    if (said.length > 0)
      yield* this.#step("append", () => this.#session.append(said, { runId: id }));
    conversation.inputStart = conversation.messages.length;
  }

  async #history(): Promise<readonly Message[]> {
    const messages: unknown = await this.#session.load();
    if (!Array.isArray(messages)) throw new TypeError("it must give a list of messages.");
    for (const [index, each] of messages.entries())
      checkMessage(`message ${index}`, each as Message);
    const { redactor } = this.#it.root.safeguards ?? {};
    return redactor ? redactor.messages(messages) : (messages as readonly Message[]);
  }

  #step<Result>(
    what: "load" | "append",
    ask: () => Promise<Result>,
  ): AsyncGenerator<AgentEvent, Result> {
    const answered = async (): Promise<Result> => {
      this.#it.scope.check();
      try {
        const asked = turns.run(this.#turn, ask);
        this.#open = asked;
        const answer = await this.#it.scope.race(asked);
        this.#open = undefined;
        return answer;
      } catch (error) {
        if (error instanceof Interrupted) throw error;
        this.#open = undefined;
        throw this.#failure(`its "${what}" failed: `, error);
      }
    };
    // oxlint-disable-next-line require-yield -- a step is a generator; this one has nothing to report
    return this.#it.steps.run(`session-${what}`, async function* asked() {
      return await answered();
    });
  }

  #failure(what: string, cause: unknown): Error {
    const { id } = this.#session;
    return new Error(`Session ${JSON.stringify(id)}: ${what}${wordsOf(cause)}`, { cause });
  }
}
