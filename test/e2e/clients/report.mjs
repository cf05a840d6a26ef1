// What an app does with a vendor's own SDK, told step by step as lines of JSON. The environment brings the credential
// (PARTS), further public ids of the account (IDS), numbers, and the base URL of the gateway where the app knows one.
export const { GATEWAY = '', ALLOWED = '', REFUSED = '', FROM = '' } = process.env;
export const PARTS = {};
export const IDS = {};

/** Reads the credential; again when a process plays several apps. */
export function load() {
  replace(PARTS, process.env.PARTS);
  replace(IDS, process.env.IDS);
}
load();

function replace(object, text = '{}') {
  for (const name of Object.keys(object)) delete object[name];
  Object.assign(object, JSON.parse(text));
}

export async function step(name, work) {
  try {
    print({ name, value: (await work()) ?? null });
  } catch (error) {
    print({ name, error: error.constructor.name, message: await describe(error) });
  }
}

/** The message, and what else an SDK lets its user read of the answer. */
async function describe(error) {
  const failed = error.getFailedMessages?.().map((one) => one.errorText ?? one['error-text']);
  const answer = error.response?.bodyUsed === false ? await error.response.text() : '';
  return [error.message, ...(failed ?? []), answer].filter(Boolean).join(' | ');
}

function print(line) {
  console.log(JSON.stringify(line));
}
