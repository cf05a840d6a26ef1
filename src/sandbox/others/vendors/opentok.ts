import { readToken, signedBySecret } from '../../jwt.ts';
import type { OtherVendor } from '../other-vendor.ts';

export const opentok: OtherVendor = {
  id: 'opentok',
  hosts: ['api.opentok.com'],
  path: /^\/v2\/project\/\d+\/archive$/,
  make: (ids) => ({ id: `46${ids.digits(6)}`, secret: ids.hex(40) }),
  read({ headers }, known) {
    const given = headers['x-opentok-auth'];
    const token = typeof given === 'string' ? readToken(given) : null;
    if (token === null) return null;
    const isSigner = ([id, secret = '']: readonly string[]): boolean =>
      id === token.claims['iss'] && signedBySecret(token, secret);
    return known.find((one) => isSigner(one.split(' '))) ?? null;
  },
  live: { count: 0, items: [] },
  dead: { status: 403, body: { code: -1, message: 'Invalid token' } },
};
