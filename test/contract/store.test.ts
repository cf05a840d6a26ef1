import { describe } from 'node:test';
import { controlContract } from './store-control.ts';
import { ENGINES } from './store-engines.ts';
import { leaseContract } from './store-leases.ts';
import { ledgerContract } from './store-ledger.ts';
import { readingContract } from './store-reading.ts';
import { verifyContract } from './store-verify.ts';

// What every storage engine promises. An engine joins by one line in store-engines.ts.
for (const engine of ENGINES)
  describe(`store contract: ${engine.name}`, () => {
    describe('control', () => controlContract(engine));
    describe('ledger', () => ledgerContract(engine));
    describe('reading', () => readingContract(engine));
    describe('leases', () => leaseContract(engine));
    describe('audit', () => verifyContract(engine));
  });
