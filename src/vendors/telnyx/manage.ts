import type { ManagementAdapter } from '../management-adapter.ts';

/** There is no API for API keys: a person makes and deletes them. Several keys work beside each other. */
export const management: ManagementAdapter = {
  rotations: {},
  guides: {
    apiKey: [
      'In the Mission Control portal open API Keys and create a new key; the old one keeps working.',
      'Seal it: `ringfence accounts reseal ACCOUNT`. The gateway tests it before it uses it; apps are not interrupted.',
      'Delete the old key in the portal.',
    ],
  },
};
