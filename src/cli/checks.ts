/** One finding of `doctor`. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'finding' | 'skipped';
  readonly message: string;
  /** What to do; empty when the state is ok. */
  readonly remedy: string;
}

export const ok = (name: string, message: string): Check => ({ name, state: 'ok', message, remedy: '' });
export const finding = (name: string, message: string, remedy: string): Check => ({
  name,
  state: 'finding',
  message,
  remedy,
});
export const skipped = (name: string, message: string): Check => ({
  name,
  state: 'skipped',
  message,
  remedy: '',
});
