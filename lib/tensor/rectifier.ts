/** A rectifier that is computed along with another op: max(y, 0), or min(max(y, 0), 6). */
export type Rectifier = 'relu' | 'relu6';

/** The lowest and the highest value that it leaves; infinite without one. */
export function endsOf(rectifier?: Rectifier): { readonly low: number; readonly high: number } {
  return { low: rectifier ? 0 : Number.NEGATIVE_INFINITY, high: rectifier === 'relu6' ? 6 : Number.POSITIVE_INFINITY };
}
