/** What a block computes: `outputs` × `pixels` sums over `pairs` pairs of products. */
export interface DotShape {
  readonly outputs: 1 | 2;
  readonly pixels: 1 | 2 | 3 | 4;
  readonly pairs: number;
  /** Bits of a stored weight: 8 are widened on the way, 16 are read as pairs. */
  readonly bits: 8 | 16;
}

const unroll = 8;

/** Names of the sums of a block: a0 … a3 of the first output, b0 … b3 of the second. */
export const sumNames = ({ outputs, pixels }: DotShape): readonly (readonly string[])[] =>
  ['a', 'b'].slice(0, outputs).map(row => Array.from({ length: pixels }, (_, p) => `${row}${p}`));

/** SMLADs of one pair for all pixels, two pixels a load; `weights` names the registers of the outputs' pairs, `first` begins the sums with those of pixel 0. */
function products(shape: DotShape, weights: readonly string[], first: boolean): string[] {
  const lines: string[] = [];
  const sums = sumNames(shape);
  const { pixels } = shape;
  const groups = Array.from({ length: Math.ceil(pixels / 2) }, (_, i) => Math.min(2, pixels - 2 * i));
  // the sum of pixel 0 holds where the others begin, so it comes last
  const order = first ? groups.map((_, i) => groups.length - 1 - i) : groups.map((_, i) => i);
  for (const group of order) {
    const at = group * 2;
    const many = groups[group] as number;
    if (first) lines.push(many === 2 ? `ldrd %[in0], %[in1], [%[at], #${4 * at}]` : `ldr %[in0], [%[at], #${4 * at}]`);
    else lines.push(many === 2 ? 'ldrd %[in0], %[in1], [%[at]], #8' : 'ldr %[in0], [%[at]], #4');
    const inside = first ? [...Array(many).keys()].reverse() : [...Array(many).keys()];
    for (const i of inside)
      for (const [o, row] of sums.entries())
        lines.push(`smlad %[${row[at + i]}], %[${weights[o]}], %[in${i}], %[${first ? row[0] : row[at + i]}]`);
  }
  if (first) lines.push(`adds %[at], %[at], #${4 * pixels}`);
  return lines;
}

/** One pair, or the two of a word of one output's int8 weights. */
function stepLines(shape: DotShape, first: boolean): string[] {
  const { outputs, bits } = shape;
  if (bits === 16)
    return [outputs === 2 ? 'ldrd %[w0], %[w1], [%[w]], #8' : 'ldr %[w0], [%[w]], #4', ...products(shape, ['w0', 'w1'], first)];
  const widen = ['ldr %[w1], [%[w]], #4', 'sxtb16 %[w0], %[w1]', 'sxtb16 %[w1], %[w1], ror #8'];
  if (outputs === 2) return [...widen, ...products(shape, ['w0', 'w1'], first)];
  return [...widen, ...products(shape, ['w0'], first), ...products(shape, ['w1'], false)];
}

/**
 * The inner loop of a block as inline assembly. Expects `x`, the widened inputs (for each pair a word a pixel), and `w`, packed weights, as pointers that
 * it moves on, sums of pixel 0 that hold the bias; leaves all sums. Loops over eight pairs at a time, the rest first.
 */
export function dotText(shape: DotShape): string {
  const { outputs, pixels, bits, pairs } = shape;
  const wide = outputs === 1 && bits === 8;
  const steps = wide ? Math.ceil(pairs / 2) : pairs;
  const each = wide ? unroll / 2 : unroll;
  const loops = steps <= 2 * each ? 0 : Math.floor((steps - 1) / each);
  const head = steps - loops * each;
  const lines = [...stepLines(shape, true)];
  for (let i = 1; i < head; i++) lines.push(...stepLines(shape, false));
  if (loops > 0) {
    lines.push('1:');
    for (let i = 0; i < each; i++) lines.push(...stepLines(shape, false));
    lines.push('ldr %[in0], %[end]', 'cmp %[w], %[in0]', 'bne 1b');
  }
  const bytes = (wide || bits === 8 ? 4 : 4 * outputs) * steps;
  const names = sumNames(shape);
  const asm = lines.map(line => `      "${line}\\n"`).join('\n');
  const out = [
    ...names.map(row => `[${row[0]}] "+r"(${row[0]})`),
    ...names.flatMap(row => row.slice(1).map(name => `[${name}] "=&r"(${name})`)),
    '[at] "+r"(at)',
    '[w] "+r"(w)',
    '[in0] "=&r"(in0)',
    ...(pixels > 1 ? ['[in1] "=&r"(in1)'] : []),
    '[w0] "=&r"(w0)',
    ...(outputs === 2 || bits === 8 ? ['[w1] "=&r"(w1)'] : []),
  ];
  const end = loops > 0 ? `    const void *volatile end = (const char *)w + ${bytes};\n` : '';
  return `${end}    uint32_t in0, in1, w0, w1; (void)in1; (void)w1;
    __asm__ volatile(
${asm}
      : ${out.join(', ')}
      : ${loops > 0 ? '[end] "m"(end)' : ''}
      : "memory", "cc");`;
}
