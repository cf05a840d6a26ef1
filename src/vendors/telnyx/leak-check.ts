import { at, textAt } from '../shared/answer.ts';
import { parseJsonObject } from '../shared/json-body.ts';
import { plainGet, withHeaders } from '../shared/requests.ts';
import { active, revoked, unknown, type LeakCheck } from '../leak-check.ts';
import { API_HOST } from './facts.ts';

export const leakChecks: readonly LeakCheck[] = [
  {
    rules: ['telnyx-api-key'],
    requests: ({ secret }) => [
      withHeaders(plainGet(API_HOST, ['v2', 'balance']), { authorization: `Bearer ${secret.reveal()}` }),
    ],
    judge([answer]) {
      if (answer?.status === 200) {
        const data = at(parseJsonObject(answer.body), 'data');
        const balance = textAt(data, 'balance');
        return active('The account accepts it.', [
          'everything in the account: messages, calls, numbers',
          ...(balance === null ? [] : [`balance ${balance} ${textAt(data, 'currency') ?? ''}`.trim()]),
        ]);
      }
      if (answer?.status === 401) return revoked('The vendor does not know the key.');
      return answer?.status === 403
        ? unknown('The vendor forbids reading the balance: the key may have other permissions.')
        : unknown(`The vendor answered ${answer?.status ?? 'nothing'}.`);
    },
  },
];
