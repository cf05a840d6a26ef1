import { RingfenceError } from '../../kernel/errors.ts';

/** What is wrong with a policy that `read` reads, each with its place. Empty: nothing. Throws what is no finding about it. */
export function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    const isFinding =
      error instanceof RingfenceError && ['config_invalid', 'input_invalid'].includes(error.code);
    if (!isFinding) throw error;
    return error.message.split('\n').filter((line) => line !== '');
  }
}
