import type { Dataset } from '../../data/dataset.ts';
import type { Model } from '../../model/model.ts';
import { LabError } from '../../tensor/errors.ts';
import type { Examples } from '../../train/examples.ts';
import { fit } from '../../train/fit.ts';
import type { FitOptions } from '../../train/options.ts';
import type { Direction } from '../../train/soft-targets.ts';
import { distillationLoss } from './distillation-loss.ts';
import { logits } from './match/logits.ts';
import { frozenTeacher, type Teacher } from './teacher.ts';

/** How a student learns from a teacher's softened outputs. */
export interface DistillOptions extends Omit<FitOptions, 'loss'> {
  /** T > 0; default 4. */
  readonly temperature?: number;
  /** Share of the loss that comes from the teacher, 0–1; default 0.9. */
  readonly alpha?: number;
  /** Default `forward`. */
  readonly direction?: Direction;
}

/**
 * Knowledge distillation: trains `student` on (1 - α) CE(labels, p_s) + α T² KL(p_t(T) ‖ p_s(T)), where the teacher is frozen, and returns the student. With
 * α = 1 labels are not looked at, and with α = 0 the teacher is not. Hinton, Vinyals and Dean 2015, §2.
 * @throws LabError `distill/alpha` outside 0–1, `train/temperature`, `train/direction`, `distill/shape` when the classes differ, and the errors of `fit`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const student = await distill.distill(mlp({ hidden: [8] }), mlp({ hidden: [32], seed: 1 }), { data, epochs: 1, temperature: 4, alpha: 0.9 });
 */
export async function distill(
  student: Model,
  teacher: Model | Teacher,
  { data, temperature = 4, alpha = 0.9, direction, ...options }: DistillOptions & { readonly data: Dataset | Examples },
): Promise<Model> {
  if (!(alpha >= 0 && alpha <= 1)) throw new LabError('distill/alpha', `alpha lies in 0–1; got ${alpha}.`, 'Usual is 0.5 to 0.9.');
  const speaks = 'values' in teacher ? teacher : frozenTeacher(teacher);
  const match = logits({ student: { model: student }, teacher: { model: speaks.model } }, { temperature, direction });
  const loss =
    alpha === 0 ? undefined : distillationLoss({ teacher: speaks, matches: [[alpha, match]], ...(alpha < 1 && { labels: [1 - alpha] }) });
  return fit(student, data, { ...options, loss });
}
