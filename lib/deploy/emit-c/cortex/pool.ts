import type { Declared } from '../../integer/op.ts';
import type { PoolStep } from '../../integer/pool.ts';
import { loops } from '../c-text.ts';
import type { CStep, Kernel } from '../kernel.ts';
import { type Axis, axesOf, reaches } from '../plain/window.ts';
import { dspHelpers } from './helpers.ts';
import { hasSmlad } from './layer.ts';

/** SEL takes of each byte what SSUB8 found to be the larger; the flags between them are nobody else's, so that they stay together. */
const byteHelpers = `static inline uint32_t largest8(uint32_t a, uint32_t b) { uint32_t r; __asm__("ssub8 %0, %1, %2\\n\\tsel %0, %1, %2" : "=&r"(r) : "r"(a), "r"(b) : "cc"); return r; }
static inline uint32_t smallest8(uint32_t a, uint32_t b) { uint32_t r; __asm__("ssub8 %0, %1, %2\\n\\tsel %0, %2, %1" : "=&r"(r) : "r"(a), "r"(b) : "cc"); return r; }
static inline uint32_t sxtab16(uint32_t sum, uint32_t v) { uint32_t r; __asm__("sxtab16 %0, %1, %2" : "=r"(r) : "r"(sum), "r"(v)); return r; }
static inline uint32_t sxtab16_ror8(uint32_t sum, uint32_t v) { uint32_t r; __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(r) : "r"(sum), "r"(v)); return r; }
/* halves away from zero */
static inline int32_t mean_of(int32_t sum, int32_t count) { return (sum > 0 ? sum + count / 2 : sum - count / 2) / count; }`;

/** What the two kinds of pooling do with four channels in a word; several words at a time have numbers. */
interface Pooling {
  /** Declares the results of word n. */
  readonly begin: (n: number) => string;
  /** Takes `v` into word n. */
  readonly meet: (n: number, v: string) => string;
  /** Stores the results of word n at `out`. */
  readonly end: (n: number, attributes: PoolStep) => string;
  /** The most places of a window. */
  readonly most: number;
}

const pooled = ({ most, ...pooling }: Pooling): Kernel<PoolStep> => ({
  name: 'simd32',
  fits: step => {
    const [x] = step.inputs;
    const [batch, height = 0, width = 0, channels = 0] = x?.shape ?? [];
    const { window } = step.attributes;
    const places = Math.min(window[0], height) * Math.min(window[1], width);
    return hasSmlad(step) && x?.type === 'int8' && !x.data && batch === 1 && channels >= 4 && places <= most && !step.inPlace;
  },
  emit(step, writer) {
    writer.helper('dsp', dspHelpers);
    writer.helper('dsp_bytes', byteHelpers);
    const { shape } = step.inputs[0] as Declared;
    const axes = axesOf(shape, step.output.shape, { ...step.attributes, kernel: step.attributes.window });
    const [down, across] = axes;
    const channels = shape[3] as number;
    const column = `${boundsText(across, 'column', 'left')}
const int8_t *window = x + (top * ${across.size} + left) * ${channels};
const int32_t count = (bottom - top) * (right - left);
(void)count;
${channelsText(channels, words => wordsText(step, { axes, channels, words, pooling }))}
y += ${channels};`;
    return loops({ row: down.places }, `${boundsText(down, 'row', 'top')}\n${loops({ column: across.places }, column)}`);
  },
});

const ends = { top: 'bottom', left: 'right' } as const;

/** Where a window begins and ends along an axis, as far as it lies in the image. */
function boundsText(axis: Axis, place: string, begin: 'top' | 'left'): string {
  const [from, end] = [`${place} * ${axis.stride} - ${axis.padding}`, ends[begin]];
  if (!reaches(axis)) return `const int ${begin} = ${from}, ${end} = ${begin} + ${axis.kernel};`;
  return `const int ${begin}_all = ${from}, ${end}_all = ${begin}_all + ${axis.kernel};
const int ${begin} = ${begin}_all < 0 ? 0 : ${begin}_all, ${end} = ${end}_all > ${axis.size} ? ${axis.size} : ${end}_all;`;
}

/** Channels by eight, by four, and what is left over once more with those before it. */
function channelsText(channels: number, words: (count: 1 | 2) => string): string {
  const eights = Math.floor(channels / 8);
  const fours = [...(channels % 8 >= 4 ? [eights * 8] : []), ...(channels % 4 > 0 ? [channels - 4] : [])];
  const eight = eights > 0 ? [`for (int c = 0; c < ${eights * 8}; c += 8) {\n${words(2)}\n}`] : [];
  return [...eight, ...fours.map(c => `{\nenum { c = ${c} };\n${words(1)}\n}`)].join('\n');
}

interface Words {
  readonly axes: readonly [Axis, Axis];
  readonly channels: number;
  readonly words: 1 | 2;
  readonly pooling: Omit<Pooling, 'most'>;
}

/** Some words of channels over all places of a window. */
function wordsText({ attributes }: CStep<PoolStep>, { axes: [, across], channels, words, pooling }: Words): string {
  const all = Array.from({ length: words }, (_, n) => n);
  const meet = all.map(n => pooling.meet(n, `load32(at + ${4 * n})`)).join('\n');
  // rows of a window as wide as the image lie one behind the other
  const whole = !reaches(across) && across.kernel === across.size;
  const next = whole ? '' : `\nat += (${across.size} - (right - left)) * ${channels};`;
  const row = `for (int j = left; j < right; j++, at += ${channels}) {\n${meet}\n}${next}`;
  const places = whole
    ? `for (int n = count; n > 0; n--, at += ${channels}) {\n${meet}\n}`
    : `for (int i = top; i < bottom; i++) {\n${row}\n}`;
  return [
    all.map(pooling.begin).join('\n'),
    `const int8_t *at = window + c;\n${places}`,
    `int8_t *out = y + c;`,
    all.map(n => pooling.end(n, attributes)).join('\n'),
  ].join('\n');
}

/** A byte in all places of a word. */
const fourTimes = (value: number): string => `0x${((value & 255) * 0x01010101).toString(16)}u`;

/** The mean of each window: sums of 16 bits, two in a register. */
export const simdAveragePool: Kernel<PoolStep> = pooled({
  begin: n => `uint32_t even${n} = 0, odd${n} = 0;`,
  meet: (n, v) => `const uint32_t v${n} = ${v};\neven${n} = sxtab16(even${n}, v${n});\nodd${n} = sxtab16_ror8(odd${n}, v${n});`,
  end: (n, { low, high }) =>
    [`(int16_t)even${n}`, `(int16_t)odd${n}`, `(int32_t)even${n} >> 16`, `(int32_t)odd${n} >> 16`]
      .map((sum, i) => {
        const mean = `mean_of(${sum}, count)`;
        return `out[${4 * n + i}] = ${low > -128 || high < 127 ? `clamped(${mean}, ${low}, ${high})` : mean};`;
      })
      .join('\n'),
  // 256 · 127 and 256 · -128 are numbers of 16 bits
  most: 256,
});

/** The largest value of each window, four at a time. */
export const simdMaxPool: Kernel<PoolStep> = pooled({
  begin: n => `uint32_t most${n} = ${fourTimes(-128)};`,
  meet: (n, v) => `most${n} = largest8(most${n}, ${v});`,
  end: (n, { low, high }) => {
    const most = low > -128 ? `largest8(most${n}, ${fourTimes(low)})` : `most${n}`;
    const value = high < 127 ? `smallest8(${most}, ${fourTimes(high)})` : most;
    return `const uint32_t stored${n} = ${value};\n__builtin_memcpy(out + ${4 * n}, &stored${n}, 4);`;
  },
  most: Number.POSITIVE_INFINITY,
});
