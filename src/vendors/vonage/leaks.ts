import {
  assigned,
  either,
  exampleToken,
  hex,
  joined,
  mixed,
  NAMED,
  owned,
  paired,
} from '../shared/leak-pattern.ts';
import type { LeakRule } from '../leak-rule.ts';

const VENDOR = 'Vonage';
const NAMES = ['vonage', 'nexmo'] as const;
const BEGIN = joined('-----BEGIN PRIVATE ', 'KEY-----');
const ROTATE_SECRET =
  'Create a second API secret in the Vonage dashboard, move the apps to it, and delete this one.';

const HEADER = { typ: 'JWT', alg: 'RS256' };
const CLAIMS = {
  iat: 1_767_225_600,
  jti: '3f9c2b1e-7a64-4d0e-9b58-1c6f2e8d7a90',
  application_id: '8b4d2f60-1e97-4c3a-a5d8-7f0e6b9c2d14',
};

/** The vendor's secrets have no prefix of their own, so the name before them is part of the proof. */
export const leaks: readonly LeakRule[] = [
  {
    ...NAMED,
    id: 'vonage-api-secret',
    vendor: VENDOR,
    title: 'Vonage API secret',
    form: '8 to 25 letters and digits of both cases beside the name',
    anchors: NAMES,
    // Customers choose 8 to 25 characters, the vendor 16.
    pattern: either(
      owned({
        vendor: 'vonage|nexmo',
        only: String.raw`(?:(?:api|account|auth|app|client|key)[_.\- ]?){0,4}(?:secret|password|credential)`,
        form: mixed(8, 25),
      }),
      owned({ vendor: 'vonage|nexmo', form: mixed(16) }),
    ),
    remedy: ROTATE_SECRET,
    examples: [
      'VONAGE_API_SECRET=hV3nQ8zLw0TbYc5K',
      `nexmo: { apiSecret: 'Zk4WmX9aPq2RtV7b' }`,
      'curl "https://rest.nexmo.com/account/get-balance?api_key=4b9e17c2&api_secret=Zk4WmX9aPq2RtV7b"',
    ],
    nearMisses: [
      'VONAGE_API_SECRET=your_secret_here',
      'VONAGE_API_SECRET=qwhzmlkrtpvnbdjx',
      'VONAGE_API_SECRET=rfv00000000000000000000000000000',
      'vonage apiSecret: process.env.VONAGE_API_SECRET',
      'VONAGE_API_KEY=4b9e17c2',
      'VONAGE_API_SECRET_NAME=hV3nQ8zLw0TbYc5K',
    ],
  },
  {
    ...NAMED,
    id: 'vonage-api-pair',
    vendor: VENDOR,
    title: 'Vonage API key with its secret',
    form: '8 lower-case hexadecimal digits, then 16 letters and digits of both cases',
    anchors: NAMES,
    pattern: paired('(?=[0-9]{0,7}[a-f])(?=[a-f]{0,7}[0-9])[0-9a-f]{8}', mixed(16)),
    remedy: ROTATE_SECRET,
    examples: [
      `client = vonage.Client("4b9e17c2", "hV3nQ8zLw0TbYc5K")`,
      'curl -u 4b9e17c2:Zk4WmX9aPq2RtV7b https://api.nexmo.com/v1/messages',
    ],
    nearMisses: [
      `vonage.Client("4b9e17c2", os.environ["VONAGE_API_SECRET"])`,
      'nexmo 4b9e17c2:NexmoClientBuild',
      'curl -u 4b9e17c2:$VONAGE_API_SECRET https://api.nexmo.com/v1/messages',
    ],
  },
  {
    ...NAMED,
    id: 'vonage-signature-secret',
    vendor: VENDOR,
    title: 'Vonage signature secret',
    form: '16 to 64 letters and digits of both cases beside the name',
    anchors: NAMES,
    pattern: assigned(String.raw`signature[_.\- ]?(?:secret|key)|sig[_.\- ]?secret`, mixed(16, 64)),
    remedy:
      'Ask for a new signature secret in the Vonage dashboard and change the webhook receivers with it.',
    examples: [
      'VONAGE_SIGNATURE_SECRET="hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2ABq4W"',
      `vonage = { signatureSecret: 'Zk4WmX9aPq2RtV7bNc0LsD5gHj8FyE1u' }`,
    ],
    nearMisses: [
      'VONAGE_SIGNATURE_SECRET=changeme1',
      'VONAGE_SIGNATURE_SECRET=${SIGNATURE_SECRET}',
      'VONAGE_SIGNATURE_METHOD=sha256HmacOfTheRequest1',
    ],
  },
  {
    ...NAMED,
    id: 'vonage-private-key',
    vendor: VENDOR,
    title: 'Private key of a Vonage application',
    form: 'a PEM private key near the vendor’s name or an application id',
    anchors: ['vonage', 'nexmo', 'opentok', 'application_id', 'applicationid', 'application-id'],
    // The first line of the key is enough to tell one key from another.
    pattern: /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\\nr"'+]{0,24}(?<secret>MII[A-Za-z0-9+/]{61})(?![=])/dg,
    remedy: 'Generate a new key pair for the application in the Vonage dashboard; the old key stops at once.',
    examples: [
      `# vonage\n${BEGIN}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7tX4mQz1Wd9Rk`,
      `VONAGE_PRIVATE_KEY="${BEGIN}\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC9pL2vNc8Yh3Sf`,
    ],
    nearMisses: [
      'vonage -----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo',
      'vonage -----BEGIN PRIVATE KEY-----\n... ',
      'vonage -----BEGIN PRIVATE KEY-----\\n${VONAGE_PRIVATE_KEY}',
      'vonage -----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg...',
    ],
  },
  {
    ...NAMED,
    id: 'vonage-private-key-file',
    vendor: VENDOR,
    title: 'Private key in a file with the name that Vonage gives it',
    form: 'a file `private.key`, or with the vendor’s name in its name, that begins with a PEM private key for RSA with 2048 bits',
    // A part that all such keys share. Not their first line: it begins with five dashes, which are too frequent in texts.
    anchors: ['IBADANBgkqhkiG9w0BAQEFAASC'],
    span: 96,
    // PKCS#8 of RSA with 2048 bits, as the dashboard makes them: longer and older ones open servers.
    pattern:
      /-----BEGIN PRIVATE KEY-----\r?\n(?<secret>MIIE[A-Za-z0-9+/][AQgw]IBADANBgkqhkiG9w0BAQEFAASC[A-Za-z0-9+/]{32})(?![A-Za-z0-9+/=])/dg,
    file: /(?:^|\/)(?:private\.key|[^/]*(?:vonage|nexmo|opentok)[^/]*)$/i,
    remedy:
      'Generate a new key pair for the Vonage application, the old key stops at once; if it is the key of something else, replace it there.',
    examples: [
      `${BEGIN}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7tX4mQz1Wd9Rk\n`,
      `${BEGIN}\r\nMIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC9pL2vNc8Yh3Sf\r\n`,
    ],
    nearMisses: [
      '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo\n',
      '-----BEGIN CERTIFICATE-----\nMIIDXTCCAkWgAwIBAgIJALmVVuDWu4NYMA0GCSqGSIb3DQEBCwUAMEUxCzAJBgNV\n',
      joined(
        '-----BEGIN ENCRYPTED PRIVATE ',
        'KEY-----\nMIIFHDBOBgkqhkiG9w0BBQ0wQTApBgkqhkiG9w0BBQwwHAQIrD3pvL2hX1cCAggA\n',
      ),
      // Keys of 4096 and 1024 bits, of a curve, and the published example key of jwt.io.
      `${BEGIN}\nMIIJQwIBADANBgkqhkiG9w0BAQEFAASCCS0wggkpAgEAAoICAQC9pL2vNc8Yh3Sf\n`,
      `${BEGIN}\nMIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALq7tX4mQz1Wd9Rk\n`,
      `${BEGIN}\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\n`,
      `${BEGIN}\nMIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQC7VJTUt9Us8cKj\n`,
    ],
  },
  {
    ...NAMED,
    id: 'opentok-api-secret',
    vendor: VENDOR,
    title: 'API secret of an OpenTok (Vonage Video) project',
    form: '40 lower-case hexadecimal digits beside the name',
    anchors: ['opentok', 'tokbox', 'vonage'],
    pattern: owned({
      vendor: 'opentok|tokbox|vonage(?:_video)?',
      form: hex(40),
    }),
    remedy: 'Regenerate the project secret in the Vonage Video dashboard.',
    examples: [
      'OPENTOK_API_SECRET=7c1e09b52fa84d630e9b71d4a8f25c3641c8f02b',
      `opentok: {\n  apiKey: '46129574',\n  apiSecret: '9d02c7e4b16f38a5507be2914cfa6d837de95a63',\n}`,
    ],
    nearMisses: [
      'OPENTOK_API_SECRET=<your_api_secret>',
      'OPENTOK_API_KEY=46129574',
      'opentok commit 7c1e09b52fa84d630e9b71d4a8f25c3641c8f02b',
      'OPENTOK_API_SECRET=7c1e09b52fa84d630e9b71d4a8f25c36',
    ],
  },
  {
    ...NAMED,
    id: 'opentok-pair',
    vendor: VENDOR,
    title: 'OpenTok project key with its secret',
    form: '8 digits, then 40 lower-case hexadecimal digits',
    anchors: ['opentok', 'tokbox'],
    pattern: paired('[1-9][0-9]{7}', hex(40)),
    remedy: 'Regenerate the project secret in the Vonage Video dashboard.',
    examples: [
      `const opentok = new OpenTok('46129574', '7c1e09b52fa84d630e9b71d4a8f25c3641c8f02b');`,
      'opentok = Client(46129574, "9d02c7e4b16f38a5507be2914cfa6d837de95a63")',
    ],
    nearMisses: [
      `new OpenTok('46129574', process.env.OPENTOK_SECRET)`,
      `new OpenTok('46129574', '7c1e09b52fa84d630e9b71d4a8f25c36')`,
      'opentok 2.1.0 7c1e09b52fa84d630e9b71d4a8f25c3641c8f02b',
    ],
  },
  {
    ...NAMED,
    id: 'vonage-application-token',
    vendor: VENDOR,
    title: 'Token of a Vonage application',
    form: 'a JSON web token that claims an `application_id`; its beginning stands for the whole',
    // `application_id` in base64, wherever it stands in the claims.
    anchors: ['FwcGxpY2F0aW9uX2lk', 'hcHBsaWNhdGlvbl9pZ', 'YXBwbGljYXRpb25faW'],
    pattern:
      /(?<![\w.-])(?<secret>eyJ[\w-]{10,80}\.eyJ[\w-]{0,160}?(?:FwcGxpY2F0aW9uX2lk|hcHBsaWNhdGlvbl9pZ|YXBwbGljYXRpb25faW)[\w-]{40})/dg,
    remedy:
      'The token dies by itself; generate a new key pair for the application when it was made by somebody else.',
    examples: [
      `const jwt = '${exampleToken(HEADER, CLAIMS)}';`,
      `curl -H "Authorization: Bearer ${exampleToken(HEADER, { ...CLAIMS, sub: 'alice' })}" https://api.nexmo.com/v1/calls`,
    ],
    nearMisses: [
      `const jwt = '${exampleToken(HEADER, { sub: 'alice', jti: '3f9c2b1e-7a64-4d0e-9b58-1c6f2e8d7a90' })}';`,
      'VONAGE_JWT=eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9...',
      `application_id=${exampleToken(HEADER, { exp: 1 })}`,
    ],
  },
];
