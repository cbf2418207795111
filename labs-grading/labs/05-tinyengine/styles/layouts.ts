import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about layouts as other people write them.

export const layoutStyles: readonly OtherStyle[] = spelled(
  'layouts',
  `const offset = (layout: Layout, size: Axes, at: Axes): number => {
  let place = 0;
  for (const letter of layout.toLowerCase()) place = place * size[letter as keyof Axes] + at[letter as keyof Axes];
  return place;
};
const [pointwise, depthwise] = ['A', 'B'];`,
  `function offset(layout: Layout, size: Axes, at: Axes): number {
  const { n, h, w, c } = at;
  switch (layout) {
    case 'NHWC':
      return n * size.h * size.w * size.c + h * size.w * size.c + w * size.c + c;
    case 'NCHW':
      return n * size.c * size.h * size.w + c * size.h * size.w + h * size.w + w;
    default:
      return c * size.h * size.w * size.n + h * size.w * size.n + w * size.n + n;
  }
}
let pointwise = 'a';
let depthwise = 'b';`,
  `function offset(layout: Layout, size: Axes, at: Axes): number {
  let step = 1;
  let sum = 0;
  for (let i = 3; i >= 0; i--) {
    const axis = layout[i]!.toLowerCase() as keyof Axes;
    sum += at[axis] * step;
    step *= size[axis];
  }
  return sum;
}
const pointwise = 'a';
const depthwise = 'b';`,
  `const strides: Record<Layout, (s: Axes) => Axes> = {
  NHWC: s => ({ n: s.h * s.w * s.c, h: s.w * s.c, w: s.c, c: 1 }),
  NCHW: s => ({ n: s.c * s.h * s.w, c: s.h * s.w, h: s.w, w: 1 }),
  CHWN: s => ({ c: s.h * s.w * s.n, h: s.w * s.n, w: s.n, n: 1 }),
};
const axes = ['n', 'h', 'w', 'c'] as const;
const offset = (layout: Layout, size: Axes, at: Axes) => axes.reduce((sum, axis) => sum + strides[layout](size)[axis] * at[axis], 0);
const pointwise = 'a';
const depthwise = 'b';`,
);
