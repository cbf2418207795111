import { printable } from '../../run/intake.ts';

const longest = 2000;

/** Text of anyone, fit to be shown: no control or direction characters, no half characters, no more than a screenful. Escaping is the template's. */
export function clean(text: string): string {
  const whole = printable(text.toWellFormed()).replace(/[\ufffe\uffff]|\p{Noncharacter_Code_Point}/gu, '\ufffd');
  return whole.length > longest ? `${whole.slice(0, longest).toWellFormed()}…` : whole;
}

/** Points as people write them: at most two decimals. */
export const points = (value: number): string => String(Number(value.toFixed(2)));

/** A time in UTC, to the minute; what is no time stays as it is. */
export function moment(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
