import type { tf } from '../tensor/tf.ts';
import type { NamedTensors, TrainingHooks } from './hooks.ts';
import { ownedTogether, sightOf } from './owned.ts';

type Place = Exclude<keyof TrainingHooks, 'owns' | 'values'>;

/** One of several hooks, and what it may see. */
interface Part {
  readonly hook: TrainingHooks;
  readonly see: ReturnType<typeof sightOf>;
}

/**
 * One hook that does what several do, in their order: the second sees the parameters and the gradients that the first made of them. `undefined` does
 * nothing, joining is associative, and hooks that touch different names may change places. Each sees the model's parameters and those it owns.
 * @throws LabError `train/owned` when two hooks own different parameters of one name.
 * @example
 * const model = vgg({ widths: [4], seed: 1 });
 * const hooks = joinHooks(slimming(model, { strength: 1e-3 }), l2Penalty({ strength: 1e-4 }));
 * const slim = await fit(model, strokeGlyphs({ count: 64, seed: 1 }), { hooks });
 */
export function joinHooks(...hooks: readonly (TrainingHooks | undefined)[]): TrainingHooks {
  const present = hooks.filter(hook => hook !== undefined);
  if (present.length < 2) return present[0] ?? {};
  const owns = ownedTogether(present);
  const parts = present.map(hook => ({ hook, see: sightOf(hook, owns) }));
  const at = (place: Place): Part[] => parts.filter(({ hook }) => hook[place]);
  const joined: Required<Pick<TrainingHooks, Place>> = {
    parameters: parameters => made(at('parameters'), parameters),
    gradients: (gradients, parameters) => pulled(at('gradients'), gradients, parameters),
    afterStep(parameters, event) {
      for (const { hook, see } of at('afterStep')) hook.afterStep?.(see(parameters), event);
    },
    afterEpoch(parameters, event) {
      for (const { hook, see } of at('afterEpoch')) hook.afterEpoch?.(see(parameters), event);
    },
    afterTraining(owned) {
      for (const { hook, see } of at('afterTraining')) hook.afterTraining?.(see(owned));
    },
  };
  const used = Object.entries(joined).filter(([place]) => at(place as Place).length > 0);
  const values = valuesTogether(present);
  return { ...Object.fromEntries(used), ...(Object.keys(owns).length > 0 && { owns }), ...(values && { values }) };
}

/** What stands behind each node: of two hooks the second gets what the first made. */
function valuesTogether(hooks: readonly TrainingHooks[]): TrainingHooks['values'] {
  const joined: Record<string, (value: tf.Tensor) => tf.Tensor> = {};
  for (const [id, change] of hooks.flatMap(({ values = {} }) => Object.entries(values))) {
    const before = joined[id];
    joined[id] = before ? value => change(before(value)) : change;
  }
  return Object.keys(joined).length > 0 ? joined : undefined;
}

function made(parts: readonly Part[], parameters: NamedTensors): NamedTensors {
  let changed: NamedTensors = {};
  for (const { hook, see } of parts) changed = { ...changed, ...hook.parameters?.(see({ ...parameters, ...changed })) };
  return changed;
}

function pulled(parts: readonly Part[], gradients: NamedTensors, parameters: NamedTensors): NamedTensors {
  let now = gradients;
  for (const { hook, see } of parts) {
    const seen = see(now);
    const unseen = Object.entries(now).filter(([name]) => !Object.hasOwn(seen, name));
    now = { ...Object.fromEntries(unseen), ...hook.gradients?.(seen, see(parameters)) };
  }
  return now;
}
