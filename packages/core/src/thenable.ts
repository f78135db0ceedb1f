/** Whether a value has to be waited for: any thenable, since a promise of another realm is no `Promise` of this one. */
export function isThenable<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof Object(value).then === "function";
}
