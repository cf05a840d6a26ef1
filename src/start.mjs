// Node caches what it makes of a TypeScript file, but not of the file that switches the cache on. Modules of Node are
// not imported: that takes longer than to get them.
const { existsSync } = process.getBuiltinModule('node:fs');
process.getBuiltinModule('node:module').enableCompileCache();
await import(existsSync(new URL('main.ts', import.meta.url)) ? './main.ts' : './main.js');
