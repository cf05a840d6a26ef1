import { type Intent, MORE_PARAMETERS } from '../../intent/intent.ts';

/**
 * Finds the first forbidden parameter of a request. Whoever writes a policy may know a parameter from an SDK, which spells
 * it otherwise than the wire (`mediaUrl`, `media_url`, `MediaUrl`), and means all that it holds.
 */
export function compileForbidden(names: readonly string[]): (intent: Intent) => string | null {
  const forbidden = names.map((name) => ({ name, path: pathOf(name) }));
  const nested = forbidden.find(({ path }) => path.includes('.'));
  return ({ parameters }) => {
    const paths = pathsOf(parameters);
    const isThere = (path: string): boolean => paths.some((one) => `${one}.`.startsWith(`${path}.`));
    const found = forbidden.find(({ path }) => isThere(path));
    if (found !== undefined) return found.name;
    return nested !== undefined && parameters.has(MORE_PARAMETERS)
      ? `${nested.name}, which may be among so many,`
      : null;
  };
}

/** Many rules ask about the parameters of one request. */
const known = new WeakMap<Intent['parameters'], readonly string[]>();

function pathsOf(parameters: Intent['parameters']): readonly string[] {
  const paths = known.get(parameters) ?? [...parameters.keys()].map(pathOf);
  known.set(parameters, paths);
  return paths;
}

/** `ApplicationSid[]`, `to.0.phone_number` and `To[phoneNumber]` without what only spells it. */
function pathOf(name: string): string {
  return name
    .replaceAll(/[[\]]/g, '.')
    .replaceAll(/[_-]/g, '')
    .toLowerCase()
    .split('.')
    .filter((part) => !/^\d*$/.test(part))
    .join('.');
}
