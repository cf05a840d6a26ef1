/** The requests that one limit lets run at a time for one subject. Processes share them out. */
export interface PermitPool {
  /** The limit with its rule as it stands: when its number changes, that is another pool. */
  readonly limit: string;
  readonly key: string;
}

export interface PermitAsk extends PermitPool {
  /** Requests that may run at a time on the node. */
  readonly most: number;
  readonly count: number;
}

export interface PermitReturn extends PermitPool {
  readonly count: number;
}

/** What a process needs of the giver of permits. */
export interface PermitPort {
  /** Some of what was asked for, or more; 0 when all are in use. */
  ask(ask: PermitAsk): Promise<number>;
  giveBack(given: readonly PermitReturn[]): void;
}
