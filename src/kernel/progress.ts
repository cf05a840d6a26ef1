/** How far a long-running piece of work has come. */
export interface Progress {
  readonly done: number;
  /** How many there are in all; 0 when that is not known. */
  readonly total: number;
  /** What is counted, in the plural. */
  readonly unit: string;
}
