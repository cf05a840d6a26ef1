import type { PolicyRule } from './schema.ts';

const MINUTE = 60_000;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** True while the rule's hours and days are on. Answers are kept for the minute, because time zones are slow. */
export function compileSchedule(when: PolicyRule['when']): ((now: number) => boolean) | null {
  if (when === undefined) return null;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: when.timezone ?? 'UTC',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  let minute = NaN;
  let answer = false;
  return (now) => {
    const current = Math.floor(now / MINUTE);
    if (current !== minute) {
      minute = current;
      answer = isOn(when, format, now);
    }
    return answer;
  };
}

function isOn(
  { hours, days }: NonNullable<PolicyRule['when']>,
  format: Intl.DateTimeFormat,
  now: number,
): boolean {
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const time = `${parts['hour'] ?? ''}:${parts['minute'] ?? ''}`;
  const [from = '', until = ''] = hours?.split('-') ?? ['00:00', '24:00'];
  const isOverMidnight = until < from;
  const isInHours = isOverMidnight ? time >= from || time < until : time >= from && time < until;
  const day = DAYS.findIndex((one) => one === parts['weekday']?.toLowerCase());
  // A night is that of the day on which it began.
  const began = DAYS.at(isOverMidnight && time < until ? day - 1 : day);
  return isInHours && day >= 0 && (days === undefined || days.some((one) => one === began));
}
