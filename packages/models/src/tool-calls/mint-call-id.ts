/** An id for a call that came without one, or with one that is taken. */
export function mintCallId(): string {
  return `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}
