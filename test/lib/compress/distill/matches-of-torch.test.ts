import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attention } from '../../../../lib/compress/distill/match/attention.ts';
import { boundaries } from '../../../../lib/compress/distill/match/boundaries.ts';
import { fsp } from '../../../../lib/compress/distill/match/fsp.ts';
import { hint } from '../../../../lib/compress/distill/match/hint.ts';
import type { Match } from '../../../../lib/compress/distill/match/match.ts';
import { relationAngle, relationDistance } from '../../../../lib/compress/distill/match/relation.ts';
import { selectivity } from '../../../../lib/compress/distill/match/selectivity.ts';
import { attentionProbabilities } from '../../../../lib/compress/distill/match/transformer.ts';
import type { PlacePair } from '../../../../lib/compress/distill/place.ts';
import { network } from '../../../../lib/model/build.ts';
import type { Graph } from '../../../../lib/model/model.ts';
import { tf } from '../../../../lib/tensor/tf.ts';

interface Golden {
  readonly inputs: Readonly<Record<string, { readonly shape: number[]; readonly values: number[] }>>;
  readonly cases: readonly { name: string; student: string; teacher: string; value: number; gradient: number[] }[];
}

/** What PyTorch gives, in double precision: golden/matches.py. */
const golden: Golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden/matches.json'), 'utf8'));

/** The layer that a network gives as a second one. */
const twoOf = (model: Graph) => ({ model, nodes: ['input', 'input'] as const });

const matches: Readonly<Record<string, (pair: PlacePair) => Match>> = {
  'attention p 1': pair => attention(pair, { power: 1 }),
  'attention p 2': pair => attention(pair),
  'attention p 3': pair => attention(pair, { power: 3 }),
  'selectivity linear': pair => selectivity(pair, { kernel: 'linear' }),
  'selectivity polynomial': pair => selectivity(pair),
  'selectivity gaussian': pair => selectivity(pair, { kernel: 'gaussian' }),
  boundaries: pair => boundaries(pair),
  hint: pair => hint(pair),
  'relation distance': pair => relationDistance(pair),
  'relation angle': pair => relationAngle(pair),
  fsp: ({ student, teacher }) => fsp({ student: twoOf(student.model), teacher: twoOf(teacher.model) }),
  'attention maps': pair => attentionProbabilities(pair),
};

const given = (name: string): tf.Tensor => {
  const { shape, values } = golden.inputs[name] as Golden['inputs'][string];
  return tf.tensor(
    values.map(v => v / 16),
    shape,
  );
};

const placeOf = (name: string) => ({ model: network(name, (golden.inputs[name] as Golden['inputs'][string]).shape.slice(1)).model() });

describe('matches and their gradients are those of PyTorch', () => {
  it.each(golden.cases)('$name', ({ name, student, teacher, value, gradient }) =>
    tf.tidy(() => {
      const match = matches[name]?.({ student: placeOf(student), teacher: placeOf(teacher) }) as Match;
      // PyTorch's divergence is one of scores
      const read = (x: tf.Tensor): tf.Tensor => (name === 'attention maps' ? tf.softmax(x) : x);
      const [s, t] = [given(student), read(given(teacher))];
      const further = { student: { input: given('first') }, teacher: { input: given('likeFirst') } };
      const lossOf = (x: tf.Tensor): tf.Scalar =>
        match(read(x), t, { own: {}, further, loss: { inputs: x, parameters: {}, activations: {} } });
      const found = tf.valueAndGrad(lossOf)(s);
      expect(found.value.dataSync()[0]).toBeCloseTo(value, 6);
      found.grad.dataSync().forEach((g, i) => {
        expect(g).toBeCloseTo(gradient[i] as number, 5);
      });
    }),
  );
});
