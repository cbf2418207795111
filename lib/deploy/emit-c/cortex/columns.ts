import { pairsOf } from './layout.ts';

/** C text that widens `length` bytes at `s` of each of some pixels, `stride` bytes apart, into words at `d`, a word a pixel for each pair. */
export function widenText(length: number, pixels: number, stride: number): string {
  const quads = Math.floor(length / 4);
  const each = [...Array(pixels).keys()];
  const lines: string[] = [];
  if (quads > 0) {
    const loads = each.map(p => `v${p} = load32(s${plus(p * stride)})`).join(', ');
    const even = each.map(p => `d[${p}] = sxtb16(v${p});`).join(' ');
    const odd = each.map(p => `d[${pixels + p}] = sxtb16_ror8(v${p});`).join(' ');
    lines.push(
      `_Pragma("GCC unroll 4") for (int k = 0; k < ${quads}; k++, s += 4, d += ${2 * pixels}) { uint32_t ${loads}; ${even} ${odd} }`,
    );
  }
  for (const [low, high] of pairsOf(length).slice(2 * quads)) {
    const at = (p: number, k: number): string => `(uint16_t)s[${p * stride + k - 4 * quads}]`;
    lines.push(
      each.map(p => `d[${p}] = ${at(p, low)}${high < 0 ? '' : ` | (uint32_t)${at(p, high)} << 16`};`).join(' '),
      `d += ${pixels};`,
    );
  }
  return lines.join('\n');
}

const plus = (bytes: number): string => (bytes === 0 ? '' : ` + ${bytes}`);

/** A zero point twice, as a word of two int16. */
export const fillText = (zero: number): string => `${((zero & 0xffff) | (zero << 16)) >>> 0}u`;
