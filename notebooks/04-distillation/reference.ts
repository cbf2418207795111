// Soft targets in plain numbers, and the ways in which they go wrong. Rows are images, columns classes.

/** Numbers in rows. */
export type Rows = readonly (readonly number[])[];

/** What both networks say of a batch, and its labels. */
export interface Given {
  readonly student: Rows;
  readonly teacher: Rows;
  readonly labels: readonly number[];
}

/** How a teacher is mixed in. */
export interface Mix {
  readonly temperature: number;
  readonly alpha: number;
}

/** Ways in which the loss is worked out wrongly. */
export interface LossSlips {
  /** What the divergence is multiplied by, of T; right is T². */
  readonly scale?: (temperature: number) => number;
  readonly reversed?: boolean;
  /** Only the cross-entropy of the teacher, without its entropy. */
  readonly crossed?: boolean;
  /** What the sums over images are divided by, of n and classes; right is n. */
  readonly over?: (images: number, classes: number) => number;
  /** Shares of the labels and of the teacher, of α. */
  readonly shares?: (alpha: number) => readonly [labels: number, teacher: number];
  /** Temperature of the side that ought to have T. */
  readonly studentAt?: (temperature: number) => number;
  readonly teacherAt?: (temperature: number) => number;
  /** Temperature of the side of the labels; right is 1. */
  readonly labelsAt?: (temperature: number) => number;
  /** What becomes of logits before they are softened. */
  readonly first?: (row: readonly number[]) => readonly number[];
  readonly firstOfTeacher?: (row: readonly number[]) => readonly number[];
  /** The student's own best class as its label. */
  readonly ownLabels?: boolean;
}

/** Softened probabilities of a row of logits; the largest is taken away first, so that nothing overflows. */
export function softened(logits: readonly number[], temperature = 1): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map(z => Math.exp((z - largest) / temperature));
  const whole = powers.reduce((a, b) => a + b, 0);
  return powers.map(p => p / whole);
}

const total = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
export const bestOf = (row: readonly number[]): number => row.indexOf(Math.max(...row));

/** KL(p ‖ q). */
export const divergence = (p: readonly number[], q: readonly number[]): number =>
  total(p.map((share, k) => (share === 0 ? 0 : share * Math.log(share / (q[k] as number)))));

/** What the loss is made of: that of the labels and that of the teacher, each with its share. */
export function lossParts({ student, teacher, labels }: Given, { temperature, alpha }: Mix, slips: LossSlips = {}): [number, number] {
  const {
    scale = t => t * t,
    over = n => n,
    shares = a => [1 - a, a],
    studentAt = t => t,
    teacherAt = t => t,
    labelsAt = () => 1,
    first = row => row,
  } = slips;
  const n = over(student.length, (student[0] as readonly number[]).length);
  const hard = student.map((row, i) => {
    const label = slips.ownLabels ? bestOf(row) : (labels[i] as number);
    return -Math.log(softened(first(row), labelsAt(temperature))[label] as number);
  });
  const soft = student.map((row, i) => {
    const said = (slips.firstOfTeacher ?? first)(teacher[i] as readonly number[]);
    const [p, q] = [softened(said, teacherAt(temperature)), softened(first(row), studentAt(temperature))];
    if (slips.crossed) return -total(p.map((share, k) => share * Math.log(q[k] as number)));
    return slips.reversed ? divergence(q, p) : divergence(p, q);
  });
  const [ofLabels, ofTeacher] = shares(alpha);
  return [(ofLabels * total(hard)) / n, (ofTeacher * scale(temperature) * total(soft)) / n];
}

/** (1 - α) CE + α T² KL, mean over images. */
export const mixedLoss = (given: Given, mix: Mix, slips: LossSlips = {}): number => total(lossParts(given, mix, slips));

/** Ways in which the gradient is worked out wrongly. */
export interface GradientSlips {
  /** What the teacher's side is multiplied by, of T; right is T. */
  readonly scale?: (temperature: number) => number;
  readonly sign?: number;
  readonly over?: (images: number, classes: number) => number;
  readonly shares?: (alpha: number) => readonly [labels: number, teacher: number];
  /** The teacher's probabilities at 1. */
  readonly teacherAt?: (temperature: number) => number;
  readonly studentAt?: (temperature: number) => number;
  readonly noLabel?: boolean;
}

/** The gradient of `mixedLoss` for each of the student's logits: ((1 - α)(p - y) + α T (p_s(T) - p_t(T))) / n. */
export function mixedGradient(given: Given, { temperature, alpha }: Mix, slips: GradientSlips = {}): number[][] {
  const { student, teacher, labels } = given;
  const { scale = t => t, sign = 1, over = n => n, shares = a => [1 - a, a], teacherAt = t => t, studentAt = t => t } = slips;
  const [ofLabels, ofTeacher] = shares(alpha);
  return student.map((row, i) => {
    const hard = softened(row);
    const q = softened(row, studentAt(temperature));
    const p = softened(teacher[i] as readonly number[], teacherAt(temperature));
    return row.map((_, k) => {
      const label = !slips.noLabel && labels[i] === k ? 1 : 0;
      const pull = ofLabels * ((hard[k] as number) - label) + ofTeacher * scale(temperature) * ((q[k] as number) - (p[k] as number));
      return (sign * pull) / over(student.length, row.length);
    });
  });
}
