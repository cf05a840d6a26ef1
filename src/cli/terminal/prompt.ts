import { RingfenceError } from '../../kernel/errors.ts';
import type { CliInput, CliProcess } from '../context.ts';
import { Interrupted } from '../failure.ts';

type Streams = Pick<CliProcess, 'stdin' | 'stderr'>;

/** True when a person can be asked: standard input is a terminal, on which typed secrets can be kept hidden. */
export function isTerminal({ stdin }: Pick<CliProcess, 'stdin'>): boolean {
  return stdin.isTTY === true && stdin.setRawMode !== undefined;
}

/**
 * Asks on the terminal. What is typed is shown unless it is a secret. A PEM block may be pasted: the answer then ends after
 * its last line instead of at the first line end. Throws `cancelled` when the input ends, `Interrupted` at Ctrl-C.
 */
export async function ask(
  process: Streams,
  question: string,
  { isSecret }: { readonly isSecret: boolean },
): Promise<string> {
  process.stderr.write(question);
  try {
    return await readAnswer(process.stdin, (shown) => void (isSecret || process.stderr.write(shown)));
  } finally {
    process.stderr.write('\n');
  }
}

/** Asks before something is destroyed. Throws `cancelled` for a no, and `usage` where there is no terminal and no `--yes`. */
export async function confirm(process: Streams, question: string, isConfirmed: boolean): Promise<void> {
  if (isConfirmed) return;
  if (!isTerminal(process)) throw new RingfenceError('usage', 'Without a terminal this needs --yes.');
  const answer = await ask(process, `${question} [y/N] `, { isSecret: false });
  if (!/^y(es)?$/i.test(answer.trim())) throw new RingfenceError('cancelled');
}

function readAnswer(stdin: CliInput, echo: (shown: string) => void): Promise<string> {
  const line = createLine(echo);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const onData = (chunk: Buffer | string) => {
    const { state, rest } = line.type(chunk.toString());
    if (state !== 'more') stdin.pause();
    // For the next question. Must come after the pause: a flowing stream would deliver it here again at once.
    if (rest !== '') stdin.unshift(Buffer.from(rest));
    if (state === 'interrupted') reject(new Interrupted());
    else if (state === 'done') resolve(line.text());
  };
  const onEnd = () => reject(new RingfenceError('cancelled'));
  stdin.setRawMode?.(true);
  stdin.on('data', onData);
  stdin.on('end', onEnd);
  stdin.resume();
  return promise.finally(() => {
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    stdin.pause();
    stdin.setRawMode?.(false);
  });
}

type State = 'more' | 'done' | 'interrupted';

/** A line as it is typed in raw mode: backspace, Ctrl-U, Ctrl-C, Ctrl-D, pasted text. */
function createLine(echo: (shown: string) => void) {
  let typed = '';
  const end = () => !typed.startsWith('-----BEGIN ') || /-----END [A-Z ]+-----$/.test(typed);
  function one(key: string): State {
    if (key === '\u0003') return 'interrupted';
    if (key === '\u0004') return typed === '' ? 'interrupted' : 'done';
    if (key === '\r' || key === '\n') {
      if (end()) return 'done';
      typed += '\n';
    } else if (key === '\u007f' || key === '\b') {
      if (typed !== '') echo('\b \b');
      typed = typed.slice(0, -1);
    } else if (key === '\u0015') typed = '';
    else if (key >= ' ') {
      typed += key;
      echo(key);
    }
    return 'more';
  }
  return {
    text: () => typed,
    /** Takes typed keys. `rest` is what follows the end of the line; it belongs to the next question. */
    type(keys: string): { readonly state: State; readonly rest: string } {
      const each = Array.from(keys);
      for (const [place, key] of each.entries()) {
        const state = one(key);
        if (state !== 'more') return { state, rest: each.slice(place + 1).join('') };
      }
      return { state: 'more', rest: '' };
    },
  };
}
