import metadata from 'libphonenumber-js/metadata.max.json';
import type { LineType } from '../../src/kernel/numbering/facts.ts';
import { NOTHING, parsePattern, parsePrefix, type Expression } from './expression.ts';

/** Numbers of one type in one country. The possible lengths of the metadata follow from the patterns. */
export interface TypeRule {
  readonly lineType: LineType;
  readonly pattern: Expression;
}

export interface CountryPlan {
  readonly country: string | null;
  /** All national numbers, of whatever type. */
  readonly general: Expression;
  /** Prefixes that belong to this country alone among those that share its calling code. */
  readonly leading: Expression | null;
  readonly fixed: TypeRule | null;
  readonly mobile: TypeRule | null | 'same as fixed';
  /** In the order in which they are tried. */
  readonly others: readonly TypeRule[];
}

/** A calling code and who shares it; the first is the main country. */
export interface CallingCode {
  readonly code: string;
  readonly countries: readonly CountryPlan[];
  /** National prefixes of satellite services and of networks on ships. */
  readonly satellite: Expression;
}

/** Columns of the type list and the order of trial: METADATA.md and getNumberType.js of libphonenumber-js. */
const OTHER_TYPES: readonly (readonly [column: number, lineType: LineType])[] = [
  [3, 'premium'],
  [2, 'toll-free'],
  [9, 'shared-cost'],
  [8, 'voip'],
  [4, 'personal'],
  [7, 'pager'],
  [6, 'uan'],
  [5, 'voicemail'],
];

/**
 * Inmarsat, and the global mobile satellite systems: ITU-T E.164 assigned country codes. Of the international
 * networks: EMSAT and Thuraya, and Maritime Communications Partner, whose ships hang on satellites.
 */
const SATELLITE: Readonly<Record<string, string>> = { 870: '\\d', 881: '\\d', 882: '1[36]|32' };

type Row = readonly unknown[];

/** The part of the metadata that its own types leave out. */
interface WithGlobal {
  readonly nonGeographic: Readonly<Record<string, Row>>;
}

/** All calling codes of the metadata. */
export function readCallingCodes(): readonly CallingCode[] {
  const countries = metadata.countries as unknown as Readonly<Record<string, Row>>;
  const global = Object.entries((metadata as unknown as WithGlobal).nonGeographic);
  const shared = Object.entries(
    metadata.country_calling_codes as Readonly<Record<string, readonly string[]>>,
  );
  return [
    ...shared.map(([code, ids]) =>
      callingCode(
        code,
        ids.map((id) => countryPlan(id, countries[id] ?? [])),
      ),
    ),
    ...global.map(([code, row]) => callingCode(code, [countryPlan(null, row)])),
  ];
}

function callingCode(code: string, countries: readonly CountryPlan[]): CallingCode {
  const satellite = SATELLITE[code];
  return { code, countries, satellite: satellite === undefined ? NOTHING : parsePrefix(satellite) };
}

function countryPlan(country: string | null, row: Row): CountryPlan {
  const types = row[11] as readonly (readonly [string, ...unknown[]] | 0)[];
  const rule = (column: number, lineType: LineType): TypeRule | null => {
    const [pattern] = types[column] || [''];
    return pattern === '' ? null : { lineType, pattern: parsePattern(pattern) };
  };
  return {
    country,
    general: parsePattern(row[2] as string),
    leading: typeof row[10] === 'string' ? parsePrefix(row[10]) : null,
    fixed: rule(0, 'fixed'),
    // An empty pattern or none at all: the metadata leaves out what equals the pattern of fixed lines.
    mobile: rule(1, 'mobile') ?? 'same as fixed',
    others: OTHER_TYPES.flatMap(([column, lineType]) => rule(column, lineType) ?? []),
  };
}
