/** How far work is that takes long. */
export interface Progress {
  readonly done: number;
  /** 0 when it is not known. */
  readonly total: number;
  /** What is counted, in the plural. */
  readonly unit: string;
}
