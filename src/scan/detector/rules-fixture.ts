import type { LeakRule } from '../../vendors/leak-rule.ts';

const COMMON = {
  vendor: 'Roadrunner',
  role: 'secret',
  confidence: 'high',
  span: 32,
  context: [],
  remedy: 'Revoke it.',
  examples: [],
  nearMisses: [],
} as const;

/** A name before the value. */
export const NAMED: LeakRule = {
  ...COMMON,
  id: 'acme-token',
  title: 'Acme token',
  anchors: ['acme_token', 'acme-token'],
  pattern: /(?<name>acme[_-]token)\W{1,4}(?<secret>[0-9a-f]{16})(?![0-9a-f])/dgi,
};

/** A prefix with hexadecimal digits, which the value follows. */
export const PAIRED: LeakRule = {
  ...COMMON,
  id: 'acme-pair',
  title: 'Acme pair',
  anchors: [{ prefix: 'QX', hex: 8 }],
  pattern: /(?<id>QX[0-9a-f]{8}):(?<secret>[0-9a-z]{12})(?![0-9a-z])/dg,
};

/** A form of its own with a checksum that decides, and a word that must stand near. */
export const CHECKED: LeakRule = {
  ...COMMON,
  id: 'acme-key',
  title: 'Acme key',
  anchors: ['acsk_'],
  span: 120,
  context: ['Acme', 'roadrunner'],
  pattern: /(?<secret>acsk_[0-9a-f]{72})(?![0-9a-f])/dg,
  structure: 'crc32-hex-tail',
  structureDecides: true,
};

export const DOUBTED: LeakRule = {
  ...CHECKED,
  id: 'acme-old-key',
  anchors: ['acsk_'],
  context: [],
  structureDecides: false,
};

export const OWN: LeakRule = {
  ...COMMON,
  id: 'own-key',
  title: 'Own key',
  anchors: ['=rfv'],
  span: 64,
  pattern: /=(?<secret>rfv[0-9A-Za-z]{29})(?![0-9A-Za-z])/dg,
  structure: 'virtual-secret',
  structureDecides: true,
};

/** Takes anything of some length, also our own keys. */
export const GREEDY: LeakRule = {
  ...COMMON,
  id: 'greedy-token',
  title: 'Greedy token',
  anchors: ['pass='],
  span: 64,
  pattern: /pass=(?<secret>[0-9A-Za-z]{16,40})(?![0-9A-Za-z])/dg,
};

/** The same in base64. */
export const ENCODED: LeakRule = {
  ...GREEDY,
  id: 'encoded-token',
  pattern: /pass=(?<secret>[0-9A-Za-z+/]{16,60}={0,2})/dg,
};

export const FIXTURE_RULES: readonly LeakRule[] = [NAMED, PAIRED, CHECKED, DOUBTED, OWN, GREEDY];
