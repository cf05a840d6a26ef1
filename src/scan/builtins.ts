/**
 * Modules of Node for what must start fast. An `import` of them reads each of their exports, and so loads what few
 * programs need, such as streams: about 4 ms for each.
 */
export const files = process.getBuiltinModule('node:fs');
export const childProcess = process.getBuiltinModule('node:child_process');
export const zlib = process.getBuiltinModule('node:zlib');
