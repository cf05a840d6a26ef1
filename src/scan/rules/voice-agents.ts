import { alphanumeric, DISTINCT, distinct, hex, NAMED, owned } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { hexOf, mixedOf, notHere } from './example-values.ts';

/** Speech, and agents that speak. */
export const VOICE_AGENT_RULES: readonly LeakRule[] = [
  {
    ...NAMED,
    id: 'ultravox-api-key',
    vendor: 'Ultravox',
    title: 'Ultravox API key',
    form: '8 letters and digits, `.`, 32 letters and digits near the vendor’s name',
    confidence: 'high',
    anchors: ['ultravox'],
    pattern: distinct(`(?!ultravox)[A-Za-z0-9]{8}\\.${alphanumeric(32)}`),
    remedy: 'Create a new API key in the Ultravox console and delete this one.',
    examples: [
      `ULTRAVOX_API_KEY=${mixedOf(8, 1)}.${mixedOf(32, 1)}`,
      `headers: { 'X-API-Key': '${mixedOf(8, 3)}.${mixedOf(32, 2)}' } // api.ultravox.ai`,
    ],
    nearMisses: [
      ...notHere('ULTRAVOX_API_KEY'),
      `ULTRAVOX_API_KEY=${mixedOf(8, 1)}.${mixedOf(33, 1)}`,
      `ultravox.${mixedOf(32, 1)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'retell-api-key',
    vendor: 'Retell AI',
    title: 'Retell AI API key',
    form: '`key_` and 28 lower-case hexadecimal digits',
    anchors: [{ prefix: 'key_', hex: 28 }],
    pattern: distinct(`key_${hex(28)}`),
    remedy: 'Create a new API key in the Retell dashboard and delete this one.',
    examples: [`RETELL_API_KEY=key_${hexOf(28, 1)}`, `new Retell({ apiKey: 'key_${hexOf(28, 2)}' })`],
    nearMisses: [
      ...notHere('RETELL_API_KEY'),
      `key_${hexOf(27, 1)}`,
      `key_${hexOf(32, 1)}`,
      `RETELL_AGENT_ID=agent_${hexOf(28, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'deepgram-api-key',
    vendor: 'Deepgram',
    title: 'Deepgram API key',
    form: '40 lower-case hexadecimal digits beside the name',
    anchors: ['deepgram'],
    pattern: owned({
      vendor: 'deepgram',
      names: 'createClient',
      form: hex(40),
    }),
    remedy: 'Create a new API key in the Deepgram console and delete this one.',
    examples: [`DEEPGRAM_API_KEY=${hexOf(40, 1)}`, `const deepgram = createClient('${hexOf(40, 2)}');`],
    nearMisses: [
      ...notHere('DEEPGRAM_API_KEY'),
      `DEEPGRAM_API_KEY=${hexOf(41, 1)}`,
      `deepgram-sdk git+https://github.com/deepgram/sdk@${hexOf(40, 1)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'elevenlabs-api-key',
    vendor: 'ElevenLabs',
    title: 'ElevenLabs API key',
    form: '`sk_` and 48 lower-case hexadecimal digits',
    anchors: [{ prefix: 'sk_', hex: 48 }],
    pattern: distinct(`sk_${hex(48)}`),
    remedy: 'Create a new API key in the ElevenLabs settings and delete this one.',
    examples: [`ELEVENLABS_API_KEY=sk_${hexOf(48, 1)}`, `headers: { 'xi-api-key': 'sk_${hexOf(48, 2)}' }`],
    nearMisses: [
      ...notHere('ELEVENLABS_API_KEY'),
      `ELEVENLABS_API_KEY=sk_${hexOf(47, 1)}`,
      `ELEVENLABS_API_KEY=sk_${hexOf(64, 1)}`,
    ],
  },
];
