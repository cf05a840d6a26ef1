import type { LeakRule } from '../../vendors/leak-rule.ts';
import type { Detection } from '../detection.ts';
import { isDocumented } from './documented.ts';
import { createPlaceholderFilter, type PlaceholderFilter } from './placeholder.ts';
import type { Slice } from './slices.ts';
import { hasStructure } from './structure.ts';

const OWN_STRUCTURE = 'virtual-secret';
/** A virtual key of ours, intact or damaged: never a vendor's credential. */
const OWN_FORM = /rfv[0-9A-Za-z]{29}$/;
/** Bytes before a value that are looked at for hints, such as `example`. */
const LEAD = 32;
/** Shorter vendor names are not looked for in values, as they turn up by chance. */
const SHORTEST_NAME = 5;
const SHORTEST_TEXT = 12;

/**
 * Tells how sure it is that the value at a place of the slice is what the rule says; null: it is not. Cheap and telling
 * checks come first: own keys, placeholders, structure, words around it.
 */
export type Judge = (
  rule: LeakRule,
  slice: Slice,
  place: readonly [number, number],
) => Detection['confidence'] | null;

export function createJudge(): Judge {
  const isPlaceholder = createPlaceholderFilter();
  return (rule, slice, place) => judge(isPlaceholder, rule, slice, place);
}

function judge(
  isPlaceholder: PlaceholderFilter,
  ...[rule, slice, [start, end]]: Parameters<Judge>
): ReturnType<Judge> {
  const found = slice.text().slice(start, end);
  if (rule.structure === OWN_STRUCTURE) return hasStructure(OWN_STRUCTURE, found) ? rule.confidence : null;
  const before = slice.text().slice(Math.max(0, start - LEAD), start);
  const value = decodedText(found) ?? found;
  if (OWN_FORM.test(value) || isPlaceholder(value, before) || namesVendor(rule, found)) return null;
  const fits = [found, value].some((text) => fitsStructure(rule, text));
  if (!fits && rule.structureDecides === true) return null;
  if (!hasContext(rule, slice) || isDocumented(value)) return null;
  return fits ? rule.confidence : 'low';
}

const fitsStructure = ({ structure }: LeakRule, value: string): boolean =>
  structure === undefined || hasStructure(structure, value);

/** Decodes a value that is base64 of text, as secrets of Kubernetes are; null if it decodes to anything else. */
function decodedText(value: string): string | null {
  const text = Buffer.from(value, 'base64').toString('latin1');
  return text.length >= SHORTEST_TEXT && /^[!-~]+\n?$/.test(text) ? text.trimEnd() : null;
}

/** True when a value contains its vendor's name: then it is the name of a variable, class or host, as no vendor's keys do. */
function namesVendor({ vendor }: LeakRule, value: string): boolean {
  const name = vendor.toLowerCase().replaceAll(/[^0-9a-z]/g, '');
  return name.length >= SHORTEST_NAME && value.toLowerCase().replaceAll(/[_.-]/g, '').includes(name);
}

function hasContext({ context }: LeakRule, slice: Slice): boolean {
  return context.length === 0 || context.some((word) => slice.lower().includes(word.toLowerCase()));
}
