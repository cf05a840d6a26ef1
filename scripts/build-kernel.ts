import { createMemoryStream, main } from 'assemblyscript/asc';

const SOURCE = 'assembly/scan-kernel.ts';
const TARGET = 'src/scan/git/kernel.wasm';
const OPTIONS = [
  '--runtime',
  'stub',
  '--optimizeLevel',
  '3',
  '--noAssert',
  '--use',
  'abort=',
  '--enable',
  'simd',
];

// Compiles the kernel of the history scan to WebAssembly; run by `npm ci` (script `prepare`).
const words = [SOURCE, '--outFile', TARGET, '--initialMemory', '48', ...OPTIONS];
const said = createMemoryStream();
const { error } = await main(words, { stderr: said });
if (error !== null) throw new Error(`${SOURCE} does not compile:\n${said.toString()}`, { cause: error });
