import type { Declared } from '../../integer/op.ts';
import type { PoolStep } from '../../integer/pool.ts';
import { batched, endsOf, integerLiteral, loops } from '../c-text.ts';
import type { CStep, Kernel } from '../kernel.ts';
import { axesOf, overKernel } from './window.ts';

/** What the two kinds of pooling do with the places of a window. */
interface Pooling {
  readonly start: (type: Declared['type']) => number;
  /** C statement for a place `value`. */
  readonly meet: string;
  /** C of the result. */
  readonly end: string;
  readonly count: boolean;
}

const pooled = ({ start, meet, end, count }: Pooling): Kernel<PoolStep> => ({
  name: 'plain',
  fits: ({ inputs: [x], attributes: { window } }) =>
    !count || Math.min(window[0], x?.shape[1] ?? 1) * Math.min(window[1], x?.shape[2] ?? 1) < 2 ** 15,
  emit(step: CStep<PoolStep>): string {
    const { attributes, output } = step;
    const x = step.inputs[0] as Declared;
    const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
    const [, outHeight = 1, outWidth = 1] = output.shape;
    const [down, across] = axesOf(x.shape, output.shape, { ...attributes, kernel: attributes.window });
    const body = `int32_t value = x[(down * ${width} + right) * ${channels} + c];\n${meet}`;
    const places = overKernel(across, { index: 'j', place: 'column', at: 'right', body });
    const text = loops(
      { row: outHeight, column: outWidth, c: channels },
      `int32_t result = ${integerLiteral(start(x.type))};
${count ? 'int32_t count = 0;\n' : ''}${overKernel(down, { index: 'i', place: 'row', at: 'down', body: places })}
*y++ = clamped(${end}, ${integerLiteral(attributes.low)}, ${integerLiteral(attributes.high)});`,
    );
    return batched(batch, height * width * channels, text);
  },
});

/** The mean of each window, halves away from zero. */
export const averagePool: Kernel<PoolStep> = pooled({
  start: () => 0,
  meet: 'result += value;\ncount++;',
  end: '(result > 0 ? result + count / 2 : result - count / 2) / count',
  count: true,
});

/** The largest value of each window. */
export const maxPool: Kernel<PoolStep> = pooled({
  start: type => endsOf(type)[0],
  meet: 'if (value > result) result = value;',
  end: 'result',
  count: false,
});
