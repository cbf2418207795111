/** Code units, as JavaScript counts, of the first `points` code points of the text. */
export function toCodeUnits(text: string, points: number): number {
  let units = 0;
  for (let point = 0; point < points && units < text.length; point++) units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  return units;
}

/** Code points of the first `units` code units. */
export const toCodePoints = (text: string, units: number): number => [...text.slice(0, units)].length;
