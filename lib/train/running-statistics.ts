import { blendAll } from '../tensor/blend.ts';
import { tf } from '../tensor/tf.ts';

/** The running statistics of one update: what the batch shows is gathered on the way, then all of them move at once. */
export interface RunningStatistics {
  readonly observe: (name: string, value: tf.Tensor, momentum: number) => void;
  /** Moves each statistic: old ← momentum · old + (1 - momentum) · observed. */
  move(): void;
  /** Lets go of what was observed. */
  dispose(): void;
}

interface Observation {
  readonly variable: tf.Variable;
  readonly value: tf.Tensor;
}

/** Gathers the statistics that are among `variables`. Moving them outside the gradient keeps hundreds of small ops off its tape. */
export function runningStatistics(variables: Readonly<Record<string, tf.Variable>>): RunningStatistics {
  const observed = new Map<number, Observation[]>();
  return {
    observe(name, value, momentum) {
      const variable = variables[name];
      if (!variable) return;
      const same = observed.get(momentum) ?? [];
      same.push({ variable, value: tf.keep(value) });
      observed.set(momentum, same);
    },
    move: () => tf.tidy(() => observed.forEach(moveTogether)),
    dispose: () => tf.dispose([...observed.values()].flat().map(({ value }) => value)),
  };
}

/** All statistics in one op. */
function moveTogether(all: readonly Observation[], momentum: number): void {
  const moved = blendAll(
    all.map(({ variable }) => variable),
    all.map(({ value }) => value),
    momentum,
  );
  for (const [i, { variable }] of all.entries()) variable.assign(moved[i] as tf.Tensor);
}
