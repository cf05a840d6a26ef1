import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';

// Node caches what it makes of a TypeScript file, but not of the file that switches the cache on.
enableCompileCache();
await import(existsSync(new URL('main.ts', import.meta.url)) ? './main.ts' : './main.js');
