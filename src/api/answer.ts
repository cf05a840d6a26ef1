import { setImmediate as othersFirst } from 'node:timers/promises';
import { RingfenceError } from '../kernel/errors.ts';
import type { Progress } from '../kernel/progress.ts';
import { toProblem } from './problem.ts';
import type { RouteSpec } from './schema.ts';

/** How an answer is sent, in particular a late one. */
export interface Manner {
  /** Milliseconds without an answer after which a sign of life is sent; null: the client takes none. */
  readonly patience: number | null;
  /** The progress to show in a sign of life. */
  readonly progress: () => Progress;
  readonly report?: ((error: unknown) => void) | undefined;
}

const HEADERS = { 'cache-control': 'no-store', 'content-type': 'application/json' };
const LINES = { ...HEADERS, 'content-type': 'application/x-ndjson' };
/** Items of a list that are written before other work gets a turn: some milliseconds. */
const ITEMS_A_TURN = 500;
const LATE = Symbol('late');

/**
 * Answers with the members that the output schema names. Clients and proxies give up on a server that is silent for minutes.
 * So a client that accepts `application/x-ndjson` gets, when the answer is late, a stream of lines: signs of life with the
 * progress, and at last the result or the problem.
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

/** Writes a long list in parts: 100,000 prices in one go would block the primary process for a second. */
async function writeJson({ output }: RouteSpec, value: unknown): Promise<string> {
  if (!Array.isArray(value)) return JSON.stringify(output.parse(value));
  const parts: string[] = [];
  for (let at = 0; at < value.length; at += ITEMS_A_TURN) {
    if (at > 0) await othersFirst();
    parts.push(JSON.stringify(output.parse(value.slice(at, at + ITEMS_A_TURN))).slice(1, -1));
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

/**
 * Streams one JSON object a line. Waits for the first line, so that an early fault still gets its own HTTP status. Here the
 * sign of life is an empty line.
 */
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
      // `given` may not have started, and then ending it would not run its `finally`: so `lines` is ended itself.
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
    if (manner.patience === null) throw error; // The stream breaks off, so that the client does not take it for complete.
    yield problemLine(error, manner);
  }
}

/** Result of the work, or `LATE` if it takes longer than that; the work then goes on. Null: waits however long it takes. */
function within<T>(work: Promise<T>, milliseconds: number | null): Promise<T | typeof LATE> {
  if (milliseconds === null) return work;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds, LATE);
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
