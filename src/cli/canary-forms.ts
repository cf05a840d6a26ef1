/** Files in which people keep credentials. */
export const CANARY_FORMS = ['env', 'aws', 'json', 'yaml', 'properties'] as const;
export type CanaryForm = (typeof CANARY_FORMS)[number];

export interface CanaryParts {
  readonly vendor: string;
  readonly parts: Readonly<Record<string, string>>;
}

/** Text of a file that holds the canary as an app's file would hold its real credential. */
export function canaryFile(form: CanaryForm, { vendor, parts }: CanaryParts): string {
  const entries = Object.entries(parts);
  switch (form) {
    case 'env':
      return lines(entries.map(([name, value]) => `${constant(`${vendor} ${name}`)}=${value}`));
    case 'aws':
      return lines([`[${vendor}]`, ...entries.map(([name, value]) => `${snake(name)} = ${value}`)]);
    case 'json':
      return `${JSON.stringify({ [vendor]: parts }, null, 2)}\n`;
    case 'yaml':
      return lines([`${vendor}:`, ...entries.map(([name, value]) => `  ${snake(name)}: "${value}"`)]);
    case 'properties':
      return lines(entries.map(([name, value]) => `${vendor}.${name}=${value}`));
  }
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

/** `accountSid` → `account_sid`. */
function snake(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/\W+/g, '_')
    .toLowerCase();
}

function constant(name: string): string {
  return snake(name).toUpperCase();
}
