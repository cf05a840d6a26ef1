/** One finding of `doctor`. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'finding' | 'skipped';
  readonly message: string;
  /** What to do; empty when the state is ok. */
  readonly remedy: string;
}

/** A check that passed. */
export const ok = (name: string, message: string): Check => ({ name, state: 'ok', message, remedy: '' });
/** A check that found something wrong; `remedy` says what to do. */
export const finding = (name: string, message: string, remedy: string): Check => ({
  name,
  state: 'finding',
  message,
  remedy,
});
/** A check that could not be made here. */
export const skipped = (name: string, message: string): Check => ({
  name,
  state: 'skipped',
  message,
  remedy: '',
});
