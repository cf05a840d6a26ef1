/** Source of unpredictable bytes: `node:crypto` in the product, seeded in simulations and tests. */
export type RandomBytes = (length: number) => Buffer;
