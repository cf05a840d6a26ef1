import { RingfenceError } from '../kernel/errors.ts';
import type { Progress } from '../kernel/progress.ts';
import { toProblem } from './problem.ts';
import type { RouteSpec } from './schema.ts';

/** How an answer is given. */
export interface Manner {
  /** Milliseconds without an answer after which a sign of life is sent; null: the client takes none. */
  readonly patience: number | null;
  /** How far the work is. */
  readonly progress: () => Progress;
  readonly report?: ((error: unknown) => void) | undefined;
}

/** A line of an answer that is late: signs of life, and at the end a result or a problem. */
export type LateLine =
  | { readonly progress: Progress }
  | { readonly result: unknown }
  | { readonly problem: object };

const HEADERS = { 'cache-control': 'no-store', 'content-type': 'application/json' };
const LINES = { ...HEADERS, 'content-type': 'application/x-ndjson' };
const LATE = Symbol('late');

/**
 * The answer, with what the output schema names. Clients and proxies give up a server that is silent for some minutes: one
 * that takes signs of life (`accept: application/x-ndjson`) gets lines when the answer is late.
 */
export async function answer(spec: RouteSpec, result: unknown, manner: Manner): Promise<Response> {
  if (spec.format === 'lines') return linesOf(toLines(spec, result as AsyncIterable<unknown>), manner);
  const work = Promise.resolve(result).then((value) => spec.output.parse(value));
  if (spec.format === 'text')
    return new Response(String(await work), {
      headers: { ...HEADERS, 'content-type': 'text/plain; version=0.0.4' },
    });
  if ((await within(work, manner.patience)) === LATE)
    return new Response(ReadableStream.from(lateLines(work, manner)), { headers: LINES });
  return new Response(JSON.stringify(await work), { status: spec.status ?? 200, headers: HEADERS });
}

async function* lateLines(work: Promise<unknown>, manner: Manner): AsyncGenerator<Buffer> {
  try {
    do yield lineOf({ progress: manner.progress() });
    while ((await within(work, manner.patience)) === LATE);
    yield lineOf({ result: await work });
  } catch (error) {
    yield problemLine(error, manner);
  }
}

function problemLine(error: unknown, { report }: Manner): Buffer {
  if (!(error instanceof RingfenceError)) report?.(error);
  return lineOf({ problem: toProblem(error) });
}

function lineOf(line: LateLine): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

async function* toLines({ output }: RouteSpec, items: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const item of items) yield Buffer.from(`${JSON.stringify(output.parse(item))}\n`);
}

/** A fault before the first line is still answered as one. An empty line is the sign of life among others. */
async function linesOf(lines: AsyncGenerator<Buffer>, manner: Manner): Promise<Response> {
  const first = lines.next();
  await within(first, manner.patience);
  return new Response(ReadableStream.from(startingWith(first, lines, manner)), { headers: LINES });
}

async function* startingWith(
  first: Promise<IteratorResult<Buffer>>,
  lines: AsyncGenerator<Buffer>,
  manner: Manner,
): AsyncGenerator<Buffer> {
  try {
    for (let next = first; ;) {
      const found = await within(next, manner.patience);
      if (found !== LATE && found.done === true) return;
      yield found === LATE ? Buffer.from('\n') : found.value;
      if (found !== LATE) next = lines.next();
    }
  } catch (error) {
    if (manner.patience === null) throw error; // An answer that breaks off is not taken for a whole one.
    yield problemLine(error, manner);
  } finally {
    await lines.return(undefined);
  }
}

/** What comes of the work, unless it takes longer; then it goes on. */
function within<T>(work: Promise<T>, milliseconds: number | null): Promise<T | typeof LATE> {
  if (milliseconds === null) return work;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds, LATE);
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
