// Node caches what it makes of a TypeScript file, but not of the file that switches the cache on; see `start.mjs`.
const { workerData } = process.getBuiltinModule('node:worker_threads');
const { compileCache, module } = workerData;
if (compileCache !== undefined) process.getBuiltinModule('node:module').enableCompileCache(compileCache);
await import(module);
