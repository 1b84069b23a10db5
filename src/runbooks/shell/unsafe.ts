/** Why no value can be put somewhere without a shell looking into it, and what to do. */
export interface Unsafe {
  /** The end of a sentence about the placeholder. */
  readonly message: string;
  readonly remedy: string;
}

/** Makes one. */
export function unsafe(message: string, remedy = 'give it to the program as an argument of its own'): Unsafe {
  return { message, remedy };
}
