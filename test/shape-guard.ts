import { ops } from '../lib/model/ops/index.ts';
import type { Op } from '../lib/model/ops/op.ts';
import { assertShape } from '../lib/tensor/shape.ts';

type Changeable = { -readonly [Field in keyof Op]: Op[Field] };
type Forward = Op['forward'] & { readonly guarded?: true };

/**
 * Whatever a test computes, every op must give the shape that it infers: an op that computes something else, on some windows say, is found by any test
 * that meets it.
 */
for (const op of ops as unknown as readonly Changeable[]) {
  const forward: Forward = op.forward;
  if (forward.guarded) continue;
  const guarded: Op['forward'] = computation => {
    const y = forward(computation);
    const [batch = 0] = computation.inputs[0]?.shape ?? [];
    const inferred = op.infer(
      computation.inputs.map(({ shape }) => shape.slice(1)),
      computation.attributes,
    );
    assertShape(`What ${op.name} computes, as it was inferred`, [batch, ...inferred], y.shape);
    return y;
  };
  op.forward = Object.assign(guarded, { guarded: true as const });
}
