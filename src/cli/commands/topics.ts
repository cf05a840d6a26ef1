import type { CliContext } from '../context.ts';
import { ENVIRONMENT, EXIT_CODES } from '../topics.ts';

export function exitCodes(context: CliContext): void {
  context.process.stdout.write(EXIT_CODES);
}

export function environment(context: CliContext): void {
  context.process.stdout.write(ENVIRONMENT);
}
