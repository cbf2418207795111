import type { RubricQuestion } from '../../lab/rubric.ts';
import type { ManualRecord } from '../records.ts';

/**
 * Points of one answer: what its items add up to, between 0 and the maximum. `automatic` is what the checks gave, where they asked. An item
 * that the rubric no longer has counts nothing.
 */
export function manualScore(
  rubric: Pick<RubricQuestion, 'mode' | 'items'> | undefined,
  record: Pick<ManualRecord, 'items' | 'adjustment'>,
  { maximum, automatic }: { maximum: number; automatic?: number },
): number {
  const start = automatic ?? (rubric?.mode === 'add' ? 0 : maximum);
  const points = (id: string): number => rubric?.items.find(item => item.id === id)?.points ?? 0;
  const sum = record.items.reduce((total, id) => total + points(id), start + record.adjustment);
  return Math.round(Math.min(maximum, Math.max(0, sum)) * 1e6) / 1e6;
}
