/**
 * Modules of Node for code that must start fast, such as a commit hook. An `import` would read each of their exports and so
 * load what is rarely needed, such as streams: about 4 ms a module.
 */
export const files = process.getBuiltinModule('node:fs');
export const childProcess = process.getBuiltinModule('node:child_process');
export const zlib = process.getBuiltinModule('node:zlib');
