import { printable } from '../../base/text.ts';

const longest = 2000;

/** Text of anyone, fit to be shown: no control or direction characters, no half characters, no more than a screenful. Escaping is the template's. */
export function clean(text: string): string {
  const whole = printable(text.toWellFormed()).replace(/[\ufffe\uffff]|\p{Noncharacter_Code_Point}/gu, '\ufffd');
  return whole.length > longest ? `${whole.slice(0, longest).toWellFormed()}…` : whole;
}

/** Points as people write them: at most two decimals. */
export const points = (value: number): string => String(Number(value.toFixed(2)));

/** A score out of a maximum; a question without points of its own may give a bonus. */
export function scored(score: number, maximum: number): string {
  if (maximum > 0) return `${points(score)} / ${points(maximum)}`;
  return score > 0 ? `+${points(score)}` : '–';
}

/** A place in the code as people say it: `cell[7]:3:14` is cell 7, line 3. */
export const place = (where: string): string => where.replace(/cell\[(\d+)\]:(\d+)(?::\d+)?/g, 'cell $1, line $2');

/** The offset from UTC that a time is written with: `+01:00`; empty for UTC and for what has none. */
const offsetOf = (iso: string | undefined): string => /[+-]\d\d:\d\d$/.exec(iso ?? '')?.[0].replace(/^[+-]00:00$/, '') ?? '';

/**
 * A time to the minute, on the clock of the course: that of `due`, the time that the course wrote itself, so that all times of a page can be
 * compared; UTC without one. What is no time stays as it is.
 */
export function moment(iso: string, due?: string): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  const offset = offsetOf(due);
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
  const ahead = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return `${new Date(time + ahead).toISOString().slice(0, 16).replace('T', ' ')} UTC${offset}`;
}

/** A text whose times are written as those of the page. */
export const withMoments = (text: string, due?: string): string =>
  text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)/g, iso => moment(iso, due));
