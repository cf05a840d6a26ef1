/** What the digits of a phone number tell without asking anybody. */
export interface PhoneFacts {
  /** ISO 3166 alpha-2, or null for global services (`+870` satellite, `+979` premium) and unassigned codes. */
  readonly country: string | null;
  readonly lineType: LineType;
  /** True for premium-rate, shared-cost and other ranges that pay the called party. */
  readonly premium: boolean;
  readonly satellite: boolean;
  /** Operator that the range was assigned to, where known. Number portability is not considered. */
  readonly operator: string | null;
  /** False when the length or range cannot be dialled. */
  readonly valid: boolean;
}

export const LINE_TYPES = [
  'mobile',
  'fixed',
  'fixed-or-mobile',
  'toll-free',
  'premium',
  'shared-cost',
  'voip',
  'personal',
  'pager',
  'uan',
  'voicemail',
  'satellite',
  'unknown',
] as const;
export type LineType = (typeof LINE_TYPES)[number];

export interface NumberingPlan {
  /** Facts of an E.164 number with leading `+`; unknown ranges give `valid: false`. Never throws. */
  facts(e164: string): PhoneFacts;
}
