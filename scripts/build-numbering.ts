import { writeFileSync } from 'node:fs';
import { compileAutomaton } from './numbering/automaton.ts';
import { encodeNumbering } from './numbering/encode.ts';
import { compileOperators } from './numbering/operators.ts';
import { readCallingCodes } from './numbering/plans.ts';

// Compiles the numbering plans of all countries; run by `npm ci` (script `prepare`).
const bytes = encodeNumbering(compileAutomaton(readCallingCodes()), compileOperators());
writeFileSync(new URL('../src/kernel/numbering/numbering.bin', import.meta.url), bytes);
