/** Written by `init` and `dev`: reading, and messages, calls and verifications to the countries given. */
export function starterPolicy(countries: readonly string[]): string {
  return `# Ringfence policy. Nothing is allowed unless a rule says so; deny rules win.
version: 1
mode: enforce # observe: journal what would be refused, and let it pass

rules:
  - id: read
    effect: allow
    what: { effects: [read, pii] }

  - id: home
    effect: allow
    what: { actions: [message.send, call.create, verify.start, lookup] }
    to: { countries: [${countries.join(', ')}] }
    limits: { maxSegments: 5, maxMedia: 3, maxRecipients: 20, maxCallDuration: 30m }

  - id: check-codes
    effect: allow
    what: { actions: [verify.check] }

limits:
  - id: recipient-flood # no number gets more than this, whoever asks
    per: recipient
    what: { actions: [message.send, call.create, verify.start] }
    rate: 10/10m
`;
}
