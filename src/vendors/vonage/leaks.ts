import type { LeakRule } from '../vendor.ts';

/** The vendor's secrets have no prefix of their own, so the name before them is part of the proof. */
export const leaks: readonly LeakRule[] = [
  {
    id: 'vonage-api-secret',
    title: 'Vonage API secret',
    keywords: ['vonage', 'nexmo'],
    pattern:
      /api[_-]?secret["'`]?\s{0,4}[:=]{1,2}\s{0,4}["'`]?(?=[A-Za-z]{0,15}\d)[A-Za-z0-9]{16}(?![A-Za-z0-9])/i,
    examples: ['VONAGE_API_SECRET=aB3dE6gH9jK2mN5p', `nexmo: { apiSecret: 'Zy8xW6vU4tS2rQ0p' }`],
    nearMisses: [
      'VONAGE_API_SECRET=your_secret_here',
      'VONAGE_API_SECRET=abcdefghijklmnop',
      'VONAGE_API_SECRET=rfv00000000000000000000000000000',
      'vonage apiSecret: process.env.VONAGE_API_SECRET',
    ],
  },
  {
    id: 'vonage-signature-secret',
    title: 'Vonage signature secret',
    keywords: ['vonage', 'nexmo'],
    pattern:
      /signature[_-]?secret["'`]?\s{0,4}[:=]{1,2}\s{0,4}["'`]?(?=[A-Za-z]{0,63}\d)[A-Za-z0-9]{20,64}(?![A-Za-z0-9])/i,
    examples: ['VONAGE_SIGNATURE_SECRET="q1W2e3R4t5Y6u7I8o9P0a1S2d3F4g5H6j7K8"'],
    nearMisses: ['VONAGE_SIGNATURE_SECRET=changeme1', 'VONAGE_SIGNATURE_SECRET=${SIGNATURE_SECRET}'],
  },
  {
    id: 'vonage-private-key',
    title: 'Private key of a Vonage application',
    keywords: ['vonage', 'nexmo', 'opentok', 'application_id'],
    pattern: /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\\nr]{0,8}[A-Za-z0-9+/]{40}/,
    examples: [
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7 vonage',
      'VONAGE_PRIVATE_KEY="-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"',
    ],
    nearMisses: [
      '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo vonage',
      '-----BEGIN PRIVATE KEY-----\n... vonage',
    ],
  },
];
