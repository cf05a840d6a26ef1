import { RingfenceError } from '../kernel/errors.ts';
import { createDetector } from '../scan/detector/detector.ts';
import { canonicalValue } from '../scan/report/canonical.ts';
import { LEAK_RULES } from '../scan/rules/all.ts';
import { keyText } from '../scan/verify/key-text.ts';
import type { Finding } from './leak-report.ts';

const SHORTEST = 8;
const MOST = 500;

/**
 * Credentials in a text that a person gave us. If no rule finds any, each line is taken for one as it is: a value that was
 * sent by mail has no name beside it by which a rule could know it.
 */
export function readFindings(text: string, place: string): readonly Finding[] {
  const found = detectIn(Buffer.from(text), place);
  const findings = found.length > 0 ? found : valuesOf(text).map((value) => bare(value, place));
  if (findings.length === 0)
    throw new RingfenceError('usage', 'There is no credential in it: give each value on a line of its own.');
  if (findings.length > MOST) throw new RingfenceError('usage', `It holds more than ${MOST} credentials.`);
  return findings;
}

function detectIn(bytes: Buffer, place: string): readonly Finding[] {
  const found = new Map<string, Finding>();
  const window = { bytes, length: bytes.length, from: 0, to: bytes.length };
  createDetector(LEAK_RULES).detect(window, ({ rule, start, end }) => {
    if (rule.role !== 'secret') return;
    const seen = bytes.toString('utf8', start, end);
    const value = keyText(bytes.toString('latin1'), seen) ?? canonicalValue(seen);
    const { id, vendor, title, remedy } = rule;
    const line = bytes.subarray(0, start).filter((byte) => byte === 0x0a).length + 1;
    found.set(value, { rule: id, vendor, title, remedy, value, places: [`${place}:${line}`] });
  });
  return [...found.values()];
}

function valuesOf(text: string): readonly string[] {
  if (text.trimStart().startsWith('-----BEGIN')) return [text.trim()];
  const lines = text.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => line.length >= SHORTEST && !/\s/.test(line)))];
}

function bare(value: string, place: string): Finding {
  return {
    rule: 'reported',
    vendor: '',
    title: 'Reported by hand',
    remedy: 'Find out whose it is, and revoke it at the vendor.',
    value,
    places: [place],
  };
}
