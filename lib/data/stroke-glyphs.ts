import { array } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { type Random, random } from '../tensor/random.ts';
import { type Dataset, dataset } from './dataset.ts';

const side = 28;
const strokesPerGlyph = 3;
const dotsPerStroke = 14;

type Point = readonly [x: number, y: number];
/** A quadratic Bezier curve in the square [-1, 1]². */
type Stroke = readonly [Point, Point, Point];

/** How many glyphs to draw, of how many classes, and how hard to tell apart. */
export interface GlyphOptions {
  /** Number of classes; default 10. */
  readonly classes?: number;
  /** Number of samples. */
  readonly count: number;
  /** How far samples stray from their glyph: 0 not at all, 1 well separable, 1.6 hard. */
  readonly hard?: number;
  /** The same seed gives the same glyphs. */
  readonly seed: number;
  /** Number of the first sample: other samples of the same glyphs, for a test set. */
  readonly first?: number;
}

/**
 * Synthetic handwriting, 28 × 28 grey: each class is three random curves; odd classes copy the class before and change one curve, so that pairs are easily
 * confused. Samples jitter, rotate, shear, scale and shift the curves and add clutter and noise. A sample depends on (seed, its number) only.
 * Only + - × ÷ and square roots are used, which every processor rounds alike: the bytes agree on all machines.
 * @throws LabError `data/glyphs` for a count or a number of classes that is not a positive whole number, or a negative `hard`.
 * @example
 * const train = strokeGlyphs({ count: 500, seed: 1 }), test = strokeGlyphs({ count: 100, seed: 1, first: 500 });
 */
export function strokeGlyphs(options: GlyphOptions): Dataset {
  const { classes = 10, count, hard = 1, seed, first = 0 } = options;
  const valid = [classes, count].every(n => Number.isInteger(n) && n > 0) && Number.isInteger(first) && first >= 0 && hard >= 0;
  if (!valid) {
    throw new LabError(
      'data/glyphs',
      `strokeGlyphs: classes ${classes}, count ${count}, first ${first}, hard ${hard} make no dataset.`,
      'classes and count are whole numbers from 1, first from 0, hard a number from 0 (1 is easy, 1.6 hard).',
    );
  }
  const root = random(seed);
  const glyphs = makeGlyphs(classes, root.split('glyphs'));
  const images = new Uint8Array(count * side * side);
  const labels = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const number = first + i;
    const round = Math.floor(number / classes);
    const label = root.split(`round ${round}`).permutation(classes)[number % classes];
    labels[i] = label;
    images.set(draw(glyphs[label] as readonly Stroke[], hard, root.split(`sample ${number}`)), i * side * side);
  }
  return dataset({
    name: `stroke-glyphs/${classes}/${seed}`,
    images: array([count, side, side, 1], images, 'uint8'),
    labels: array([count], labels, 'int32'),
    classes: Array.from({ length: classes }, (_, c) => `glyph ${c}`),
  });
}

function makeGlyphs(classes: number, rng: Random): (readonly Stroke[])[] {
  const glyphs: (readonly Stroke[])[] = [];
  for (let c = 0; c < classes; c++) {
    const before = glyphs[c - 1];
    if (c % 2 === 1 && before) glyphs.push(before.with(rng.int(0, strokesPerGlyph - 1), stroke(rng)));
    else glyphs.push(Array.from({ length: strokesPerGlyph }, () => stroke(rng)));
  }
  return glyphs;
}

/** A curve whose ends lie at least 0.8 apart, so that it is no dot. */
function stroke(rng: Random): Stroke {
  const point = (): Point => [rng.uniform(-0.9, 0.9), rng.uniform(-0.9, 0.9)];
  for (;;) {
    const [a, b, c] = [point(), point(), point()] as const;
    const [dx, dy] = [a[0] - c[0], a[1] - c[1]];
    if (dx * dx + dy * dy >= 0.64) return [a, b, c];
  }
}

function draw(glyph: readonly Stroke[], hard: number, rng: Random): Uint8Array {
  const spread = (amount: number) => rng.uniform(-amount * hard, amount * hard);
  const place = affine(spread);
  const jittered = glyph.map(s => s.map(([x, y]) => place([x + spread(0.08), y + spread(0.08)])) as unknown as Stroke);
  const clutter = Array.from({ length: rng.int(0, Math.floor(2 * hard)) }, () => shrink(stroke(rng)));
  const width = 1.2 + spread(0.35);
  const contrast = 1 - rng.uniform(0, Math.min(0.8, 0.4 * hard));
  const ink = new Float64Array(side * side);
  for (const s of [...jittered, ...clutter]) stamp(ink, s, Math.max(0.5, width));
  return Uint8Array.from(ink, value => {
    const noisy = contrast * value + spread(0.12);
    return Math.floor(255 * Math.min(1, Math.max(0, noisy)) + 0.5);
  });
}

/** Rotation, shear, scale and shift. The angle comes by its half tangent t: cos = (1-t²)/(1+t²), sin = 2t/(1+t²). */
function affine(spread: (amount: number) => number): (p: Point) => Point {
  const t = spread(0.12);
  const cos = (1 - t * t) / (1 + t * t);
  const sin = (2 * t) / (1 + t * t);
  const [shear, sx, sy, dx, dy] = [spread(0.15), 1 + spread(0.15), 1 + spread(0.15), spread(0.12), spread(0.12)];
  return ([x, y]) => {
    const u = sx * (x + shear * y);
    const v = sy * y;
    return [cos * u - sin * v + dx, sin * u + cos * v + dy];
  };
}

/** Clutter is a curve of 0.4 times the size, about its middle point. */
function shrink([a, b, c]: Stroke): Stroke {
  const toward = ([x, y]: Point): Point => [b[0] + 0.4 * (x - b[0]), b[1] + 0.4 * (y - b[1])];
  return [toward(a), b, toward(c)];
}

/** Dots along the curve, each with ink (1 - d²/4w²)⁴ at distance d < 2w: close to the Gaussian exp(-d²/w²). Overlaps keep the darkest. */
function stamp(ink: Float64Array, [a, b, c]: Stroke, width: number): void {
  const reach = 2 * width;
  for (let i = 0; i < dotsPerStroke; i++) {
    const t = i / (dotsPerStroke - 1);
    const at = (axis: 0 | 1) => (1 - t) * (1 - t) * a[axis] + 2 * t * (1 - t) * b[axis] + t * t * c[axis];
    const [x, y] = [13.5 + 11 * at(0), 13.5 + 11 * at(1)];
    for (let row = Math.max(0, Math.ceil(y - reach)); row <= Math.min(side - 1, y + reach); row++) {
      for (let column = Math.max(0, Math.ceil(x - reach)); column <= Math.min(side - 1, x + reach); column++) {
        const near = Math.max(0, 1 - ((row - y) * (row - y) + (column - x) * (column - x)) / (reach * reach));
        const index = row * side + column;
        ink[index] = Math.max(ink[index], near * near * near * near);
      }
    }
  }
}
