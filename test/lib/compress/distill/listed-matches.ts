import { attention } from '../../../../lib/compress/distill/match/attention.ts';
import { boundaries } from '../../../../lib/compress/distill/match/boundaries.ts';
import { factorTransfer } from '../../../../lib/compress/distill/match/factor.ts';
import { fsp } from '../../../../lib/compress/distill/match/fsp.ts';
import { hint } from '../../../../lib/compress/distill/match/hint.ts';
import { logits } from '../../../../lib/compress/distill/match/logits.ts';
import type { Match } from '../../../../lib/compress/distill/match/match.ts';
import { relationAngle, relationDistance } from '../../../../lib/compress/distill/match/relation.ts';
import { selectivity } from '../../../../lib/compress/distill/match/selectivity.ts';
import { attentionProbabilities } from '../../../../lib/compress/distill/match/transformer.ts';
import type { PlacePair } from '../../../../lib/compress/distill/place.ts';
import { network } from '../../../../lib/model/build.ts';
import type { Model } from '../../../../lib/model/model.ts';
import { inferShapes } from '../../../../lib/model/shapes.ts';

/** The flow from the network's first layer to the place. */
const flow = ({ student, teacher }: PlacePair): Match =>
  fsp({
    student: { model: student.model, nodes: ['conv2d-1', student.node as string] },
    teacher: { model: teacher.model, nodes: ['conv2d-1', teacher.node as string] },
  });

/** A paraphraser of maps [3, 5, channels] that has learnt nothing. */
const paraphraser = (channels: number): Model =>
  network('paraphraser', [3, 5, channels], { seed: 3 }).conv2d(4).leakyRelu(0.1, { id: 'factor' }).conv2d(channels).model();

const factors = (pair: PlacePair, power: 1 | 2): Match =>
  factorTransfer(pair, paraphraser((inferShapes(pair.teacher.model).get(pair.teacher.node as string) as number[])?.[2] ?? 6), { power });

/** A match as the suite tries it. */
export interface ListedMatch {
  readonly name: string;
  readonly of: (pair: PlacePair) => Match;
  /** What it compares: maps [3, 5, channels], or vectors [channels]. */
  readonly places: 'maps' | 'vectors';
  /** Whether student and teacher may differ in channels. */
  readonly otherChannels?: boolean;
  /** Whether a network without regressor or the like has a loss of 0 beside itself; default true. */
  readonly zeroAtEquality?: boolean;
  /** Whether values are probabilities over the last axis. */
  readonly probabilities?: boolean;
}

// A match joins the suite by a line.
export const listedMatches: readonly ListedMatch[] = [
  { name: 'logits, T 4', of: pair => logits(pair), places: 'vectors' },
  { name: 'logits, T 1', of: pair => logits(pair, { temperature: 1 }), places: 'vectors' },
  { name: 'logits, reversed', of: pair => logits(pair, { direction: 'reverse', temperature: 2 }), places: 'vectors' },
  { name: 'logits, symmetric', of: pair => logits(pair, { direction: 'symmetric', temperature: 2 }), places: 'vectors' },
  { name: 'hint of maps', of: pair => hint(pair), places: 'maps', otherChannels: true },
  { name: 'hint of vectors', of: pair => hint(pair), places: 'vectors', otherChannels: true },
  { name: 'attention, p 2', of: pair => attention(pair), places: 'maps', otherChannels: true },
  { name: 'attention, p 1', of: pair => attention(pair, { power: 1 }), places: 'maps', otherChannels: true },
  { name: 'attention, p 3', of: pair => attention(pair, { power: 3 }), places: 'maps', otherChannels: true },
  { name: 'selectivity, linear', of: pair => selectivity(pair, { kernel: 'linear' }), places: 'maps', otherChannels: true },
  { name: 'selectivity, polynomial', of: pair => selectivity(pair), places: 'maps', otherChannels: true },
  { name: 'selectivity, gaussian', of: pair => selectivity(pair, { kernel: 'gaussian' }), places: 'maps', otherChannels: true },
  { name: 'boundaries of maps', of: pair => boundaries(pair), places: 'maps', otherChannels: true, zeroAtEquality: false },
  {
    name: 'hint through a regressor',
    of: pair => hint(pair, { regressor: true }),
    places: 'maps',
    otherChannels: true,
    zeroAtEquality: false,
  },
  {
    name: 'boundaries through a regressor',
    of: pair => boundaries(pair, { regressor: true }),
    places: 'maps',
    otherChannels: true,
    zeroAtEquality: false,
  },
  { name: 'boundaries of vectors', of: pair => boundaries(pair), places: 'vectors', otherChannels: true, zeroAtEquality: false },
  { name: 'distances of maps', of: pair => relationDistance(pair), places: 'maps', otherChannels: true },
  { name: 'distances of vectors', of: pair => relationDistance(pair), places: 'vectors', otherChannels: true },
  { name: 'angles of vectors', of: pair => relationAngle(pair), places: 'vectors', otherChannels: true },
  { name: 'flow between layers', of: flow, places: 'maps' },
  { name: 'factors, p 1', of: pair => factors(pair, 1), places: 'maps', otherChannels: true, zeroAtEquality: false },
  { name: 'factors, p 2', of: pair => factors(pair, 2), places: 'maps', otherChannels: true, zeroAtEquality: false },
  { name: 'attention of a transformer', of: pair => attentionProbabilities(pair), places: 'maps', probabilities: true },
];

/** A network whose node `place` gives maps [3, 5, channels], or vectors [channels]. */
export function placed(places: 'maps' | 'vectors', channels: number, { seed = 0, probabilities = false } = {}): Model {
  const start = network('net', [3, 5, 2], { seed }).conv2d(channels);
  return (
    places === 'maps'
      ? (probabilities ? start.activation('softmax', { id: 'place' }) : start.scale({ id: 'place' })).globalAveragePool()
      : start.globalAveragePool().scale({ id: 'place' })
  )
    .dense(4)
    .model();
}
