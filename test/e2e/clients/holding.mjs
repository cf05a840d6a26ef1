// Runs the clients that are named, then stays: so that its memory can be read while it lives.
for (const name of process.argv.slice(2)) {
  const parts = JSON.parse(process.env.ALL ?? '{}')[name];
  Object.assign(process.env, { PARTS: JSON.stringify(parts.PARTS), IDS: JSON.stringify(parts.IDS) });
  const { load } = await import('./report.mjs');
  load();
  await import(`./${name}.mjs`);
}
console.log('held');
process.stdin.resume().on('end', () => process.exit(0));
