import { memberOf, type Answer, type Recipe } from '../recipe.ts';

const named =
  (...path: readonly string[]) =>
  ({ json }: Answer): readonly string[] => {
    const value = memberOf(json, ...path);
    return typeof value === 'string' ? [value] : [];
  };

/** Errors by which Slack says that a token is dead; every other one may be about what was asked. */
const DEAD_SLACK = new Set(['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive']);

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
    rules: ['webex-bot-token'],
    hosts: ['webexapis.com'],
    path: '/v1/people/me',
    credential: { bearer: '{secret}' },
    reach: named('displayName'),
    source: 'https://developer.webex.com/messaging/docs/api/v1/people/get-my-own-details',
  },
];
