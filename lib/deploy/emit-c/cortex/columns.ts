import type { ConvLayer } from './layer.ts';
import { pairsOf, pairsOfRuns } from './layout.ts';

/** How the pixels lie that are widened. */
interface Widening {
  /** Bytes from one to the next. */
  readonly stride: number;
  /** Whether numbers are doubled on the way. */
  readonly doubled?: boolean;
}

/** C text that widens `length` bytes at `s` of each of some pixels into words at `d`, a word a pixel for each pair. */
export function widenText(length: number, pixels: number, { stride, doubled = false }: Widening): string {
  const quads = Math.floor(length / 4);
  const each = [...Array(pixels).keys()];
  const lines: string[] = [];
  if (quads > 0) {
    const loads = each.map(p => `v${p} = load32(s${plus(p * stride)})`).join(', ');
    const twice = (word: string): string => (doubled ? `sadd16(${word}, ${word})` : word);
    const even = each.map(p => `d[${p}] = ${twice(`sxtb16(v${p})`)};`).join(' ');
    const odd = each.map(p => `d[${pixels + p}] = ${twice(`sxtb16_ror8(v${p})`)};`).join(' ');
    lines.push(
      `_Pragma("GCC unroll 4") for (int k = 0; k < ${quads}; k++, s += 4, d += ${2 * pixels}) { uint32_t ${loads}; ${even} ${odd} }`,
    );
  }
  for (const [low, high] of pairsOf(length).slice(2 * quads)) {
    const at = (p: number, k: number): string => `(uint16_t)(s[${p * stride + k - 4 * quads}]${doubled ? ' * 2' : ''})`;
    lines.push(
      each.map(p => `d[${p}] = ${at(p, low)}${high < 0 ? '' : ` | (uint32_t)${at(p, high)} << 16`};`).join(' '),
      `d += ${pixels};`,
    );
  }
  return lines.join('\n');
}

const plus = (bytes: number): string => (bytes === 0 ? '' : ` + ${bytes}`);

/** A zero point twice, as a word of two int16. */
const fillText = (zero: number): string => `${((zero & 0xffff) | (zero << 16)) >>> 0}u`;

/** Bytes of the columns of some pixels; an even number of pairs, as words of one output's weights hold two. */
export const columnBytes = (layer: ConvLayer, pixels: number): number =>
  8 * pixels * Math.ceil(pairsOfRuns(layer.run, layer.kernel[0]).length / 2);

/** Columns of the image that some neighbouring outputs see. */
export const reachOf = ({ strides, kernel }: ConvLayer, pixels: number): number => (pixels - 1) * strides[1] + kernel[1];

/** The inputs of some pixels of a row, widened into columns; what lies beside the image is the input's zero point. */
export function columnsText(layer: ConvLayer, pixels: number, edgeAt: number): string {
  const { image, kernel, strides, padding, run, inputZeroPoint } = layer;
  const [height, width, channels] = image;
  const words = pairsOf(run).length * pixels;
  const reach = reachOf(layer, pixels);
  const widen = widenText(run, pixels, { stride: strides[1] * channels });
  return `int down = row * ${strides[0]} - ${padding[0]};
for (int i = 0; i < ${kernel[0]}; i++, down++) {
  word32 *d = columns + i * ${words};
  if ((unsigned)down >= ${height}u) {
    for (int k = 0; k < ${words}; k++) d[k] = ${fillText(inputZeroPoint)};
  } else if (across >= 0 && across <= ${width - reach}) {
    const int8_t *s = x + (down * ${width} + across) * ${channels};
${widen}
  } else {
    int8_t *edge = (int8_t *)scratch + ${edgeAt};
    __builtin_memset(edge, ${inputZeroPoint}, ${reach * channels});
    int from = across < 0 ? -across : 0, to = across + ${reach} > ${width} ? ${width} - across : ${reach};
    if (to > from) __builtin_memcpy(edge + from * ${channels}, x + (down * ${width} + across + from) * ${channels}, (uint32_t)(to - from) * ${channels});
    const int8_t *s = edge;
${widen}
  }
}`;
}
