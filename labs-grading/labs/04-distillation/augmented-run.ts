import { crossEntropy, fit, lossWith, type Model, type NDArray, run, tf } from 'tinylab';
import { recipe, sizes, student, train } from './runs.ts';

// A net trained inside of wider ones that share its weights, and handed over alone.

const wider = (times: number, seed: number): Model => student(sizes.s1.map(width => times * width) as [number, number, number], seed);

/** A tensor with `base` in its first places along every axis, and the wide one's values elsewhere; both may be cut to `shape`. */
function pasted(base: tf.Tensor, wide: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const within = tf.slice(
    wide,
    shape.map(() => 0),
    [...shape],
  );
  const paddings = shape.map((size, axis): [number, number] => [0, size - (base.shape[axis] as number)]);
  const free = tf.sub(1, tf.pad(tf.onesLike(base), paddings));
  return tf.add(tf.pad(base, paddings), tf.mul(within, free));
}

/** L(base) + L(the base in a net that is two or three times as wide, by turns), on all labels; the base comes back. */
export function augmented(seed: number, steps: number): Promise<Model> {
  const base = student(sizes.s1, seed);
  const [double, triple] = [wider(2, seed + 50), wider(3, seed + 50)];
  const names = Object.keys(base.parameters).filter(name => base.parameters[name]?.trainable);
  const owns = Object.fromEntries(names.map(name => [`wide.${name}`, { value: triple.parameters[name]?.value as NDArray }]));
  const hard = crossEntropy();
  const loss = lossWith({ owns }, (outputs, targets, context) => {
    const wide = (context.progress?.step ?? 0) % 2 === 0 ? double : triple;
    const parameters = Object.fromEntries(
      names.map(name => [
        name,
        pasted(
          context.parameters[name] as tf.Tensor,
          context.parameters[`wide.${name}`] as tf.Tensor,
          wide.parameters[name]?.value.shape as number[],
        ),
      ]),
    );
    const said = run(wide, { input: context.inputs }, { parameters, training: true }).output as tf.Tensor;
    return tf.add(hard(outputs, targets, context), hard(said, targets, context)).asScalar();
  });
  return fit(base, train, { ...recipe(seed, steps), loss });
}
