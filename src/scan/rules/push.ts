import { alphanumeric, DISTINCT, distinct, NAMED, owned } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/vendor.ts';
import { base32Of, mixedOf, notHere, urlSafeOf, uuidOf } from './example-values.ts';

const firebase = (salt: number): string => `AAAA${mixedOf(7, salt)}:APA91b${urlSafeOf(133, salt)}A`;

/** Notifications of devices. */
export const PUSH_RULES: readonly LeakRule[] = [
  {
    ...DISTINCT,
    id: 'onesignal-api-key',
    vendor: 'OneSignal',
    title: 'OneSignal API key',
    form: '`os_v2_app_` or `os_v2_org_` and 103 characters `a-z2-7`',
    anchors: ['os_v2_'],
    pattern: distinct('os_v2_(?:app|org)_[a-z2-7]{103}'),
    remedy: 'Rotate the key under Keys & IDs in the OneSignal dashboard.',
    examples: [
      `ONESIGNAL_API_KEY=os_v2_app_${base32Of(103, 1)}`,
      `headers: { Authorization: 'Key os_v2_org_${base32Of(103, 2)}' }`,
    ],
    nearMisses: [
      'ONESIGNAL_API_KEY=os_v2_app_your_key',
      `ONESIGNAL_API_KEY=os_v2_app_${base32Of(102, 1)}`,
      `ONESIGNAL_APP_ID=${uuidOf(1)}`,
      'key: process.env.OS_V2_APP_KEY',
    ],
  },
  {
    ...NAMED,
    id: 'airship-secret',
    vendor: 'Airship',
    title: 'Airship bearer token or secret',
    form: '91 letters and digits beside the name',
    anchors: ['airship'],
    pattern: owned({
      vendor: '(?:urban_?)?airship',
      form: alphanumeric(91),
    }),
    remedy: 'Create a new token in the Airship dashboard, move the apps to it, and revoke this one.',
    examples: [
      `AIRSHIP_ACCESS_TOKEN=${mixedOf(91, 1)}`,
      `curl -H "Authorization: Bearer ${mixedOf(91, 2)}" https://go.urbanairship.com/api/schedules`,
    ],
    nearMisses: [
      ...notHere('AIRSHIP_ACCESS_TOKEN'),
      `AIRSHIP_ACCESS_TOKEN=${mixedOf(90, 1)}`,
      `AIRSHIP_APP_KEY=${mixedOf(22, 1)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'firebase-server-key',
    vendor: 'Firebase Cloud Messaging',
    title: 'Firebase Cloud Messaging server key',
    form: '`AAAA`, 7 characters, `:APA91b`, 134 characters',
    anchors: [':APA91b'],
    span: 200,
    // A registration token has the same tail, but no `AAAA` before its colon.
    pattern: distinct('AAAA[A-Za-z0-9_-]{7}:APA91b[A-Za-z0-9_-]{134}', '(?![A-Za-z0-9_-])'),
    remedy:
      'Delete the server key in the Firebase console; the HTTP v1 API with a service account replaces it.',
    examples: [`FCM_SERVER_KEY=${firebase(1)}`, `headers = {'Authorization': 'key=${firebase(2)}'}`],
    nearMisses: [
      'FCM_SERVER_KEY=AAAA...:APA91b...',
      `device_token: d${mixedOf(21, 1)}:APA91b${mixedOf(134, 1)}`,
      `FCM_SERVER_KEY=${firebase(1)}A`,
    ],
  },
];
