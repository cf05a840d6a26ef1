import assert from 'node:assert/strict';
import type { Step } from '../sdks-run.ts';

/** The SDK's own exception, and the code of ours that stands in its message. */
export interface Refused {
  readonly error: string;
  readonly code: string;
}

export interface Expectation {
  readonly values: Readonly<Record<string, unknown>>;
  readonly refusals: Readonly<Record<string, Refused>>;
}

export const refused = (error: string, code = 'policy_denied'): Refused => ({ error, code });

/** Every step gave its value, and every refusal raised its exception. */
export function checkSteps(steps: ReadonlyMap<string, Step>, { values, refusals }: Expectation): void {
  const given = Object.keys(values).map((name) => {
    const { value, error, message } = steps.get(name) ?? {};
    return [name, error === undefined ? value : `${error}: ${message}`];
  });
  assert.deepEqual(given, Object.entries(values));
  for (const [name, { error, code }] of Object.entries(refusals)) {
    const step = steps.get(name);
    assert.equal(step?.error, error, `${name}: ${JSON.stringify(step)}`);
    assert.ok(step?.message?.includes(code), `${name}: ${step?.message}`);
  }
}
