import { alphanumeric, DISTINCT, distinct, joined, NAMED, owned } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { base32Of, mixedOf, notHere, urlSafeOf, uuidOf } from './example-values.ts';

const firebase = (salt: number): string => `AAAA${mixedOf(7, salt)}:APA91b${urlSafeOf(133, salt)}A`;

const BEGIN_KEY = joined('-----BEGIN PRIVATE ', 'KEY-----');
const END_KEY = '-----END PRIVATE KEY-----';
const MIIE = joined(BEGIN_KEY, '\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7tX4mQz1Wd9Rk');
/** PKCS#8 of a key of the curve P-256, up to the key, as Apple writes it: with the curve named twice. */
const P256 = 'MIGTAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBHkwdwIBAQQg';
const APPLE_REMEDY =
  'Revoke the key in the Apple developer account and make a new one; it may open more than notifications.';

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
  {
    ...DISTINCT,
    id: 'firebase-service-account',
    vendor: 'Firebase Cloud Messaging',
    title: 'Key of a Firebase service account',
    form: 'a PEM private key before the address `firebase-adminsdk-…`; its last whole line stands for it',
    anchors: ['firebase-adminsdk'],
    span: 256,
    pattern:
      /(?<=\\n)(?<secret>[A-Za-z0-9+/]{64})\\n[A-Za-z0-9+/=]{4,64}\\n-----END PRIVATE KEY-----\\n",\s{0,24}"client_email"\s?:\s{0,4}"firebase-adminsdk/dg,
    remedy:
      'Create a new key for the service account in the Google Cloud console, move the apps to it, and delete this one.',
    examples: [
      `"private_key": "${MIIE}\\n${mixedOf(64, 1)}\\n${mixedOf(22, 1)}==\\n${END_KEY}\\n",\n  "client_email": "firebase-adminsdk-k3v9z@shop.iam.gserviceaccount.com"`,
      `{"private_key":"${MIIE}\\n${mixedOf(64, 2)}\\n${mixedOf(31, 2)}=\\n${END_KEY}\\n","client_email":"firebase-adminsdk-fbsvc@shop.iam.gserviceaccount.com"}`,
    ],
    nearMisses: [
      `"private_key": "...\\n${END_KEY}\\n",\n  "client_email": "firebase-adminsdk-xxxxx@shop.iam.gserviceaccount.com"`,
      `"private_key": "XXXXX\\n${END_KEY}\\n",\n  "client_email": "firebase-adminsdk-xxxxx@shop.iam.gserviceaccount.com"`,
      '"client_email": "firebase-adminsdk-k3v9z@shop.iam.gserviceaccount.com"',
    ],
  },
  {
    ...DISTINCT,
    id: 'apple-push-key',
    vendor: 'Apple Push Notification service',
    title: 'Apple authentication key near the name of the push service',
    form: 'a PEM private key of the curve P-256 near `apns` or `AuthKey`; the end of its first line stands for it',
    anchors: ['apns', 'authkey', 'auth_key'],
    span: 200,
    pattern: new RegExp(
      String.raw`${BEGIN_KEY}[\s\\nr"'+]{0,24}${P256}(?<secret>[A-Za-z0-9+/]{16})(?![A-Za-z0-9+/=])`,
      'dg',
    ),
    remedy: APPLE_REMEDY,
    examples: [
      `APNS_KEY="${BEGIN_KEY}\\n${P256}${mixedOf(16, 1)}\\n`,
      `# AuthKey_${mixedOf(10, 1).toUpperCase()}.p8\nkey: |\n  ${BEGIN_KEY}\n  ${P256}${mixedOf(16, 2)}\n`,
    ],
    nearMisses: [
      `APNS_KEY="${BEGIN_KEY}\\n${P256}...`,
      `APNS_KEY="${BEGIN_KEY}\\n\${APNS_KEY}`,
      'APNS_KEY_PATH=AuthKey_K3V9Z7Q2LM.p8',
    ],
  },
  {
    ...DISTINCT,
    id: 'apple-auth-key-file',
    vendor: 'Apple Push Notification service',
    title: 'Apple authentication key in a file with the name that Apple gives it',
    form: 'a file `AuthKey_….p8` that begins with a PEM private key of the curve P-256; the end of its first line stands for it',
    // The names of the algorithm and of the curve, which are the same in all of them.
    anchors: ['GSM49AgEGCCqGSM49AwEHBHkwdwIBAQQg'],
    pattern: new RegExp(
      String.raw`${BEGIN_KEY}\r?\n${P256}(?<secret>[A-Za-z0-9+/]{16})(?![A-Za-z0-9+/=])`,
      'dg',
    ),
    file: /(?:^|\/)[^/]*(?:AuthKey|apns)[^/]*\.p8$/i,
    remedy: APPLE_REMEDY,
    examples: [`${BEGIN_KEY}\n${P256}${mixedOf(16, 3)}\n`, `${BEGIN_KEY}\r\n${P256}${mixedOf(16, 4)}\r\n`],
    nearMisses: [
      `${BEGIN_KEY}\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg${mixedOf(16, 3)}\n`,
      `-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE${mixedOf(28, 3)}\n`,
      `${BEGIN_KEY}\n${P256}\n`,
    ],
  },
];
