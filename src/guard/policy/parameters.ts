import { type Intent, MORE_PARAMETERS } from '../../intent/intent.ts';

/**
 * Finds the first forbidden parameter of a request. Whoever writes a policy may know a parameter from an SDK, which spells
 * it otherwise than the wire (`mediaUrl`, `media_url`, `MediaUrl`), and means all that it holds.
 */
export function compileForbidden(names: readonly string[]): (intent: Intent) => string | null {
  const forbidden = names.map((name) => ({ name, path: pathOf(name) }));
  const nested = forbidden.find(({ path }) => path.slice(0, -1).includes('.'));
  return ({ parameters }) => {
    const paths = pathsOf(parameters);
    const found = forbidden.find(({ path }) => paths.some((one) => one.startsWith(path)));
    if (found !== undefined) return found.name;
    const [first] = forbidden;
    if (first !== undefined && paths.includes(ENDLESS))
      return `${first.name}, which may be in so long a name,`;
    return nested !== undefined && parameters.has(MORE_PARAMETERS)
      ? `${nested.name}, which may be among so many,`
      : null;
  };
}

/** The names of a request's parameters in one spelling, remembered because many rules ask about them. */
const known = new WeakMap<Intent['parameters'], readonly string[]>();

function pathsOf(parameters: Intent['parameters']): readonly string[] {
  const paths = known.get(parameters) ?? [...parameters.keys()].map(pathOf);
  known.set(parameters, paths);
  return paths;
}

/** No vendor has a longer parameter name, and searching names of megabytes would take long. */
const LONGEST = 1000;
/** Takes the place of each longer name, and counts as forbidden. */
const ENDLESS = '';

/** `ApplicationSid[]`, `to.0.phone_number` and `To[phoneNumber]` without what only spells it, and ended by a dot. */
function pathOf(name: string): string {
  if (name.length > LONGEST) return ENDLESS;
  const path = name
    .replaceAll(/[[\]]/g, '.')
    .replaceAll(/[_-]/g, '')
    .toLowerCase()
    .split('.')
    .filter((part) => !/^\d*$/.test(part))
    .join('.');
  return `${path}.`;
}
