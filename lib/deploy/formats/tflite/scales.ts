import { LabError } from '../../../tensor/errors.ts';
import { roundHalfAway } from '../../../tensor/round.ts';
import { ends } from '../../integer/requantize-attributes.ts';
import type { ElementType } from '../../program.ts';
import { activations } from './schema.ts';

const { fround } = Math;

/** The ends of a fused activation among the integers of the output. @throws LabError `deploy/tflite` for one that is not fused here. */
export function clampOf(
  activation: number,
  {
    where,
    scale,
    zeroPoint,
    type,
  }: { readonly where: string; readonly scale: number; readonly zeroPoint: number; readonly type: ElementType },
): { readonly low: number; readonly high: number } {
  const [least, most] = ends[type] ?? [0, 0];
  const at = (x: number): number => zeroPoint + roundHalfAway(fround(x / scale));
  if (activation === activations.none) return { low: least, high: most };
  if (activation === activations.relu) return { low: Math.max(least, at(0)), high: most };
  if (activation === activations.relu6) return { low: Math.max(least, at(0)), high: Math.min(most, at(6)) };
  if (activation === activations.reluN1To1) return { low: Math.max(least, at(-1)), high: Math.min(most, at(1)) };
  throw new LabError(
    'deploy/tflite',
    `${where} has activation ${activation} fused.`,
    'Fused activations that are read: RELU, RELU6, RELU_N1_TO_1.',
  );
}
