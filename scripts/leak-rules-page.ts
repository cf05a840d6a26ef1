import { LEAK_RULES } from '../src/scan/rules/all.ts';
import type { LeakAnchor, LeakRule, LeakStructure } from '../src/vendors/leak-rule.ts';

/** What each offline check looks for. */
const STRUCTURES: Readonly<Record<LeakStructure, string>> = {
  'crc32-hex-tail': 'checksum in its last eight digits',
  'uuid4-base64': 'bytes of a UUID of version 4 in base64',
  'uuid-text-base64': 'text of a UUID in base64',
  'uuid-text-prefix-base64': 'start of the text of a UUID in base64',
  'milliseconds-hex': 'time of its creation in its first twelve digits',
  'decodes-to-64-bytes': '64 bytes in base64',
  jwt: 'a JSON web token',
  'virtual-secret': 'checksum in its last six characters',
};

function anchorText(anchor: LeakAnchor): string {
  const text = typeof anchor === 'string' ? anchor.trim() : `${anchor.prefix} + ${anchor.hex} hex`;
  return `\`${text.replaceAll('`', '')}\``;
}

function structureText({ structure, structureDecides = false }: LeakRule): string {
  if (structure === undefined) return '';
  return `${STRUCTURES[structure]}${structureDecides ? ' (must fit)' : ''}`;
}

function rowOf(rule: LeakRule): readonly string[] {
  const near = [...new Set(rule.anchors.map(anchorText))].join(' ');
  return [
    `\`${rule.id}\``,
    rule.title,
    rule.form ?? '',
    rule.confidence,
    near,
    structureText(rule),
    rule.remedy,
  ];
}

/** What the scanner looks for, as heads and rows of one table per vendor. */
export function leakRuleSections(): {
  readonly summary: string;
  readonly head: readonly string[];
  readonly vendors: readonly { readonly name: string; readonly rows: readonly (readonly string[])[] }[];
} {
  const byVendor = Map.groupBy(LEAK_RULES, ({ vendor }) => vendor);
  const names = [...byVendor.keys()].toSorted((one, other) => one.localeCompare(other, 'en'));
  return {
    summary:
      `${LEAK_RULES.length} rules for ${names.length} vendors. A rule looks only near its anchors, which are compared ` +
      'without regard to case. Placeholders and examples are left out. Public ids are shown beside a secret and are no ' +
      'findings of their own.',
    head: ['Rule', 'Secret', 'Form', 'Confidence', 'Anchors', 'Offline check', 'What to do'],
    vendors: names.map((name) => ({ name, rows: (byVendor.get(name) ?? []).map(rowOf) })),
  };
}
