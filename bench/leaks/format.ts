/**
 * A form of credential as its vendor's documentation has it, with the names that the vendor's own guides give it. Made
 * from the table of formats; the scanner's rules have no part in it.
 */
export interface Format {
  readonly vendor: string;
  readonly kind: string;
  /** Template of the secret. */
  readonly secret: string;
  /** Template of the public id that belongs to it; absent: there is none. */
  readonly id?: string;
  /** How the secret is written where it is a part of something: `https://hooks.example/{secret}`. */
  readonly written?: string;
  /** Name of the environment variable of the secret, and of the id. */
  readonly env: string;
  readonly idEnv?: string;
  /** Name of the block in configuration files, and the names in it. */
  readonly block: string;
  readonly field: string;
  readonly idField?: string;
  /** Statements with literal values as guides of the SDK show them; `<id>` and `<secret>` are replaced. */
  readonly javascript?: string;
  readonly python?: string;
  /** The vendor's API with curl. */
  readonly curl?: string;
}

export interface Value {
  readonly secret: string;
  readonly id: string;
  /** The secret with what is written around it. */
  readonly written: string;
}
