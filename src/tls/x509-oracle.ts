/**
 * A certificate reader that shares no code with ours, for tests: `@peculiar/x509`. Its injector refuses to load
 * without a metadata polyfill, which reading certificates never uses; an empty one stands in while it loads.
 */
export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  const none = () => undefined;
  const polyfill = { getMetadata: none, getOwnMetadata: none, defineMetadata: none };
  const added = Object.keys(polyfill).filter((name) => !Object.hasOwn(Reflect, name));
  for (const name of added) Object.defineProperty(Reflect, name, { value: none, configurable: true });
  try {
    return await import('@peculiar/x509');
  } finally {
    for (const name of added) Reflect.deleteProperty(Reflect, name);
  }
}
