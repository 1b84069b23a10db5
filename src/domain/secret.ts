const hidden = '[secret]';

/**
 * A value that can't be printed: every way JavaScript turns an object into text shows `[secret]`.
 * `reveal` is the one way to the value; it is called only where the value leaves for its consumer
 * (an Authorization header, a child's standard input).
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Never put the result into a log, an error, argv or a workflow's data. */
  reveal(): string {
    return this.#value;
  }

  /** Whether both hold the same value. */
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.toPrimitive](): string {
    return hidden;
  }

  /** What `console.log` and `util.inspect` show (the symbol is Node's public one for this purpose). */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden;
  }
}
