import { Interrupted } from "../scope.ts";

/** How often a wrapper is told that there is nothing more to have; one that asks on and on is then left where it is. */
const mostRefusals = 20;

/** The way from a wrapper to what it wraps: shut for good as soon as the request was aborted. */
export class Gate {
  readonly #request: { readonly signal: AbortSignal };
  #refusals = 0;

  /** The signal is not looked at before it is needed: a tool's is made when it is first asked for. */
  constructor(request: { readonly signal: AbortSignal }) {
    this.#request = request;
  }

  get isOpen(): boolean {
    return !this.#request.signal.aborted;
  }

  /**
   * Rejects with what ended the request, so that the wrapper can clean up. One that tries again for ever without a pause would
   * keep the whole process from its work, so after some refusals it gets no answer at all.
   */
  refusal(): Promise<never> {
    if (this.#refusals++ >= mostRefusals) return new Promise(() => {});
    return Promise.reject(new Interrupted(this.#request.signal.reason));
  }
}
