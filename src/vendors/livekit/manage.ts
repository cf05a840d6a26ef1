import type { ManagementAdapter } from '../management-adapter.ts';

/** Keys are made in the cloud's dashboard, or stand in the server's configuration; several work beside each other. */
export const management: ManagementAdapter = {
  rotations: {},
  guides: {
    apiSecret: [
      'In LiveKit Cloud open Settings, Keys, and create a new key. On a server of your own add a second pair under `keys:` and restart it.',
      'Seal the new key and secret: `ringfence accounts reseal ACCOUNT`. The gateway tests them before it uses them.',
      'Delete the old key when the tokens that it signed have expired.',
    ],
  },
};
