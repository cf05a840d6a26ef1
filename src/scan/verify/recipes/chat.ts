import { memberOf, type Answer, type Recipe } from '../recipe.ts';

const named =
  (...path: readonly string[]) =>
  ({ json }: Answer): readonly string[] => {
    const value = memberOf(json, ...path);
    return typeof value === 'string' ? [value] : [];
  };

/** Errors by which Slack says that a token is dead; every other one may be about what was asked. */
const DEAD_SLACK = new Set(['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive']);

const DEAD_HOOKS = new Set<unknown>([10015, 50027]);

/** Chat, push, messengers. */
export const CHAT_RECIPES: readonly Recipe[] = [
  {
    rules: ['slack-bot-token', 'slack-user-token'],
    hosts: ['slack.com'],
    path: '/api/auth.test',
    credential: { bearer: '{secret}' },
    means: ({ status, json }) => {
      if (status !== 200) return null;
      if (memberOf(json, 'ok') === true) return 'active';
      const error = memberOf(json, 'error');
      return typeof error === 'string' && DEAD_SLACK.has(error) ? 'revoked' : 'unclear';
    },
    reach: named('team'),
    source: 'https://docs.slack.dev/reference/methods/auth.test',
  },
  {
    rules: ['telegram-bot-token'],
    hosts: ['api.telegram.org'],
    path: '/bot{secret}/getMe',
    credential: { url: true },
    means: ({ status, json }) => {
      if (status === 200) return memberOf(json, 'ok') === true ? 'active' : 'unclear';
      return status === 404 && memberOf(json, 'error_code') === 404 ? 'revoked' : null;
    },
    reach: named('result', 'username'),
    source: 'https://core.telegram.org/bots/api#getme',
  },
  {
    rules: ['line-channel-access-token'],
    hosts: ['api.line.me'],
    path: '/v2/bot/info',
    credential: { bearer: '{secret}' },
    reach: named('displayName'),
    source: 'https://developers.line.biz/en/reference/messaging-api/#get-bot-info',
  },
  {
    rules: ['discord-bot-token'],
    hosts: ['discord.com'],
    path: '/api/v10/users/@me',
    credential: { header: ['authorization', 'Bot {secret}'] },
    reach: named('username'),
    source: 'https://docs.discord.com/developers/resources/user',
  },
  {
    rules: ['discord-webhook'],
    hosts: ['discord.com'],
    path: '/api/v10/webhooks/{id}/{token}',
    credential: { url: true },
    parts: /^(?<id>\d{17,20})\/(?<token>[\w-]{60,72})$/,
    // Error 10015: there is no such webhook; 50027: the token is another.
    means: ({ json }) => (DEAD_HOOKS.has(memberOf(json, 'code')) ? 'revoked' : null),
    reach: named('name'),
    source: 'https://docs.discord.com/developers/resources/webhook',
  },
  {
    rules: ['ably-api-key'],
    hosts: ['rest.ably.io'],
    path: '/stats',
    query: 'limit=1',
    credential: { basic: ['{name}', '{key}'] },
    parts: /^(?<name>[\w-]+\.[\w-]+):(?<key>[\w-]+)$/,
    // Error 40160: the key lives and may not read statistics.
    means: ({ json }) => (memberOf(json, 'error', 'code') === 40160 ? 'restricted' : null),
    source: 'https://ably.com/docs/api/rest-api#stats',
  },
  {
    rules: ['gc-notify-api-key'],
    hosts: ['api.notification.canada.ca'],
    path: '/v2/notifications',
    credential: { header: ['authorization', 'ApiKey-v1 {token}'] },
    parts: /-(?<token>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    means: ({ status, text }) =>
      status === 403 && /API key (?:not found|revoked)/.test(text) ? 'revoked' : null,
    source: 'https://documentation.notification.canada.ca/en/',
  },
  {
    rules: ['webex-bot-token'],
    hosts: ['webexapis.com'],
    path: '/v1/people/me',
    credential: { bearer: '{secret}' },
    reach: named('displayName'),
    source: 'https://developer.webex.com/messaging/docs/api/v1/people/get-my-own-details',
  },
];
