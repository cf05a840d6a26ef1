import type { Sighting } from '../sighting.ts';
import { maskValue } from './mask.ts';

type Companions = Sighting['companions'];

/** Makes a function that masks what stands beside a value where it is, or holds, a secret: one rule's id may be another's secret. */
export function createHider(sightings: readonly Sighting[]): (companions: Companions) => Companions {
  const secrets = sightings.filter(({ rule }) => rule.role === 'secret');
  const values = new Set(secrets.map(({ secret }) => secret.reveal()));
  const lengths = [...new Set(Array.from(values, ({ length }) => length))];
  const known = new Map<string, string>();
  const holds = (text: string): boolean =>
    lengths.some((length) => {
      for (let at = 0; at + length <= text.length; at++)
        if (values.has(text.slice(at, at + length))) return true;
      return false;
    });
  const hide = (text: string): string => {
    const shown = known.get(text) ?? (holds(text) ? maskValue(text) : text);
    known.set(text, shown);
    return shown;
  };
  return (companions) =>
    Object.fromEntries(Object.entries(companions).map(([name, text]) => [name, hide(text)]));
}

/** A file may be named by the value in it. */
export function withoutOwnValue(sighting: Sighting): Sighting {
  const { place, secret } = sighting;
  if (place.kind === 'stdin' || place.path === null) return sighting;
  const value = secret.reveal();
  if (!place.path.includes(value)) return sighting;
  return { ...sighting, place: { ...place, path: place.path.replaceAll(value, maskValue(value)) } };
}
