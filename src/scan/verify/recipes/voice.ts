import { memberOf, type Recipe } from '../recipe.ts';

/** Voice, video, voice agents. */
export const VOICE_RECIPES: readonly Recipe[] = [
  {
    rules: ['ultravox-api-key'],
    hosts: ['api.ultravox.ai'],
    path: '/api/calls',
    query: 'pageSize=1',
    credential: { header: ['x-api-key', '{secret}'] },
    source: 'https://docs.ultravox.ai/api-reference/calls/calls-list',
  },
  {
    rules: ['elevenlabs-api-key'],
    hosts: ['api.elevenlabs.io'],
    path: '/v1/user',
    credential: { header: ['xi-api-key', '{secret}'] },
    means: ({ status, text }) =>
      status === 401 && text.includes('missing_permissions') ? 'restricted' : null,
    reach: ({ json }) => {
      const tier = memberOf(json, 'subscription', 'tier');
      return typeof tier === 'string' ? [`plan ${tier}`] : [];
    },
    source: 'https://elevenlabs.io/docs/api-reference/user/get',
  },
  {
    rules: ['retell-api-key'],
    hosts: ['api.retellai.com'],
    path: '/list-agents',
    credential: { bearer: '{secret}' },
    source: 'https://docs.retellai.com/api-references/list-agents',
  },
  {
    rules: ['deepgram-api-key'],
    hosts: ['api.deepgram.com'],
    path: '/v1/projects',
    credential: { header: ['authorization', 'Token {secret}'] },
    forbidsKnown: true,
    source: 'https://developers.deepgram.com/reference/manage/projects/list',
  },
  {
    rules: ['daily-api-key'],
    hosts: ['api.daily.co'],
    path: '/v1/rooms',
    query: 'limit=1',
    credential: { bearer: '{secret}' },
    means: ({ status, json }) =>
      status >= 400 && status < 500 && memberOf(json, 'error') === 'authentication-error' ? 'revoked' : null,
    source: 'https://docs.daily.co/reference/rest-api/rooms/list-rooms',
  },
  {
    rules: ['agora-customer-secret', 'agora-customer-pair'],
    hosts: ['api.agora.io'],
    path: '/dev/v1/projects',
    credential: { basic: ['{id}', '{secret}'] },
    needs: { id: [/^[0-9a-f]{32}$/i, 'customer id'] },
    near: { id: /customer[_-]?(?:id|key)["'\]]{0,2}\s{0,3}(?:[:=,]|=>)\s{0,3}["']?([0-9a-f]{32})\b/i },
    source: 'https://docs.agora.io/en/signaling/reference/agora-console-rest-api',
  },
];
