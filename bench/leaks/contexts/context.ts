import type { Format, Value } from '../format.ts';
import type { Random } from '../random.ts';

export interface Scene {
  readonly format: Format;
  readonly value: Value;
  readonly random: Random;
}

/** A way of writing a secret down; null where nobody writes this format so. */
export interface Context {
  readonly name: string;
  plant(scene: Scene): { readonly path: string; readonly text: string; readonly encoding?: 'utf16le' } | null;
}

export const words = (name: string): readonly string[] => name.toLowerCase().split(/[_\-. ]+/);
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
export const pascal = (name: string): string => words(name).map(capital).join('');
export const camel = (name: string): string => {
  const text = pascal(name);
  return text.charAt(0).toLowerCase() + text.slice(1);
};
export const kebab = (name: string): string => words(name).join('-');
export const screaming = (name: string): string => words(name).join('_').toUpperCase();

/** What stands between quotes: line ends become `\n`. */
export const quoted = ({ written }: Value): string => written.replaceAll('\n', String.raw`\n`);
export const isOneLine = ({ value }: Scene): boolean => !value.written.includes('\n');

/** A statement of the vendor's guide with the values in it. */
export const filled = (statement: string, { value }: Scene): string =>
  statement.replaceAll('<id>', value.id).replaceAll('<secret>', value.secret);

/** Settings of other things, which stand beside everybody's keys. Their values are no keys of a communications vendor. */
export function otherSettings(random: Random, count: number): string[] {
  const pool = [
    'NODE_ENV=production',
    'PORT=3000',
    'LOG_LEVEL=info',
    'DATABASE_URL=postgres://app:app@localhost:5432/app',
    'REDIS_URL=redis://localhost:6379/0',
    `SESSION_SECRET=${random.fill('{hex:64}')}`,
    `JWT_SECRET=${random.fill('{an:40}')}`,
    `SENTRY_DSN=https://${random.fill('{hex:32}')}@o100.ingest.sentry.io/4500`,
    `GIT_COMMIT=${random.fill('{hex:40}')}`,
    `NEW_RELIC_LICENSE_KEY=${random.fill('{hex:36}')}NRAL`,
    `APP_KEY=base64:${random.fill('{b64:43}')}=`,
    `TENANT_ID=${random.fill('{uuid}')}`,
    `ALGOLIA_ADMIN_KEY=${random.fill('{hex:32}')}`,
    `S3_BUCKET=shop-${random.fill('{lower:8}')}`,
    'BASE_URL=https://shop.example',
    'FEATURE_SMS=true',
  ];
  return Array.from({ length: count }, () => random.pick(pool));
}
