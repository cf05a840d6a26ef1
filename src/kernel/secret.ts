/** The symbol `util.inspect.custom`, without loading `node:util`, which takes long. */
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/**
 * A value that must not be printed. Every way to turn it into text gives the mask;
 * `reveal()` is the only way out and easy to search for.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. Call it where the bytes leave for the vendor or enter a MAC, nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [INSPECT](): string {
    return '[secret]';
  }
}
