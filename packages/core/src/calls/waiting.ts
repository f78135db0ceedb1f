import type { Approval } from "../result.ts";

/** Thrown out of a call that cannot go on without a decision; the run pauses with these approvals. */
export class Waiting {
  readonly approvals: readonly Approval[];
  constructor(approvals: readonly Approval[]) {
    this.approvals = approvals;
  }
}
