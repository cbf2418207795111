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

/** A time in UTC, to the minute; what is no time stays as it is. */
export function moment(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
