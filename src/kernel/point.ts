/** Place of a record in the journal of one process: which process, which life of it, which record of that life. */
export interface JournalPoint {
  readonly node: string;
  readonly epoch: number;
  readonly position: number;
}

/** `<node>-<epoch>-<position>`: id of a journal record, and of the ledger row that it made. */
export function pointId({ node, epoch, position }: JournalPoint): string {
  return `${node}-${epoch}-${position}`;
}

/** The point of an id. Node names may hold dashes; epoch and position are the last two parts. */
export function readPoint(id: string): JournalPoint {
  const [position, epoch, ...node] = id.split('-').toReversed();
  return { node: node.toReversed().join('-'), epoch: Number(epoch), position: Number(position) };
}
