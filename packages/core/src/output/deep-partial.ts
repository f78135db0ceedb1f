/** A value of which parts may not be there yet; a text that is there may still grow. */
export type DeepPartial<Value> = Value extends string
  ? string
  : Value extends readonly (infer Each)[]
    ? readonly DeepPartial<Each>[]
    : Value extends object
      ? { readonly [Key in keyof Value]?: DeepPartial<Value[Key]> }
      : Value;
