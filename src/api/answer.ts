import { setImmediate as othersFirst } from 'node:timers/promises';
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

const HEADERS = { 'cache-control': 'no-store', 'content-type': 'application/json' };
const LINES = { ...HEADERS, 'content-type': 'application/x-ndjson' };
/** Items of a list that are written at once: some milliseconds. */
const PART = 500;
const LATE = Symbol('late');

/**
 * The answer, with what the output schema names. Clients and proxies give up a server that is silent for some minutes: one
 * that takes signs of life (`accept: application/x-ndjson`) gets lines when the answer is late.
 */
export async function answer(spec: RouteSpec, result: unknown, manner: Manner): Promise<Response> {
  if (spec.format === 'lines') return linesOf(toLines(spec, result as AsyncIterable<unknown>), manner);
  if (spec.format === 'text')
    return new Response(String(spec.output.parse(await result)), {
      headers: { ...HEADERS, 'content-type': 'text/plain; version=0.0.4' },
    });
  const work = Promise.resolve(result).then(async (value) => writeJson(spec, value));
  if ((await within(work, manner.patience)) === LATE)
    return new Response(ReadableStream.from(lateLines(work, manner)), { headers: LINES });
  return new Response(await work, { status: spec.status ?? 200, headers: HEADERS });
}

/** Long lists go a part at a time: to check and write 100,000 prices at once would hold the primary process for a second. */
async function writeJson({ output }: RouteSpec, value: unknown): Promise<string> {
  if (!Array.isArray(value)) return JSON.stringify(output.parse(value));
  const parts: string[] = [];
  for (let at = 0; at < value.length; at += PART) {
    if (at > 0) await othersFirst();
    parts.push(JSON.stringify(output.parse(value.slice(at, at + PART))).slice(1, -1));
  }
  return `[${parts.join(',')}]`;
}

async function* lateLines(work: Promise<string>, manner: Manner): AsyncGenerator<Buffer> {
  try {
    do yield lineOf('progress', manner.progress());
    while ((await within(work, manner.patience)) === LATE);
    yield Buffer.from(`{"result":${await work}}\n`);
  } catch (error) {
    yield problemLine(error, manner);
  }
}

function problemLine(error: unknown, { report }: Manner): Buffer {
  if (!(error instanceof RingfenceError)) report?.(error);
  return lineOf('problem', toProblem(error));
}

function lineOf(name: 'progress' | 'problem', value: object): Buffer {
  return Buffer.from(`${JSON.stringify({ [name]: value })}\n`);
}

async function* toLines({ output }: RouteSpec, items: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const item of items) yield Buffer.from(`${JSON.stringify(output.parse(item))}\n`);
}

/** A fault before the first line is still answered as one. An empty line is the sign of life among others. */
async function linesOf(lines: AsyncGenerator<Buffer>, manner: Manner): Promise<Response> {
  const first = lines.next();
  await within(first, manner.patience);
  const given = startingWith(first, lines, manner);
  const body = new ReadableStream<Buffer>(
    {
      async pull(controller) {
        const next = await given.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      // A generator of which nothing was read yet ends without its `finally`, so the lines end here.
      async cancel() {
        await lines.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: LINES });
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
