import { RingfenceError } from '../../kernel/errors.ts';

/** What is wrong with the policy that `read` reads, each problem with its place. Throws errors that are not about the policy. */
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
