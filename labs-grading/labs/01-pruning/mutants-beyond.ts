import type { Mutant } from '../../lab/mutant.ts';

const nOfM = ({
  order = 'size(b) - size(a)',
  size = 'Math.abs(weight.data[i]!)',
  at = '(group, lane) => group * 4 + lane',
  ratio = '64 / 36',
}): string => `
function twoOfFour(weight: NDArray): NDArray {
  const kept = Array.from(weight.data, () => 0);
  const [rows, columns] = weight.shape as [number, number];
  const at: (group: number, lane: number) => number = ${at};
  const size = (i: number) => ${size};
  for (let group = 0; group < kept.length / 4; group++) {
    const places = [0, 1, 2, 3].map(lane => at(group, lane)).filter(i => i < kept.length);
    places.sort((a, b) => ${order});
    for (const place of places.slice(0, 2)) kept[place] = 1;
  }
  return array(weight.shape, kept, 'uint8');
}
const packedRatio = ${ratio};`;

const snip = (score: string, divide = true): string => `
function snipScores(weight: NDArray, gradient: NDArray): NDArray {
  const scores = Array.from(weight.data, (w, i) => { const g = gradient.data[i]!; return ${score}; });
  const total = ${divide ? 'scores.reduce((sum, score) => sum + Math.abs(score), 0)' : '1'};
  return array(weight.shape, scores.map(score => score / total));
}`;

const apoz = (count: string, share = 'count * channels / activations.data.length', answer = 'a'): string => `
function zeroShares(activations: NDArray): number[] {
  const channels = activations.shape[3]!;
  const counts = Array.from({ length: channels }, () => 0);
  activations.data.forEach((value, i) => { if (${count}) counts[i % channels] = counts[i % channels]! + 1; });
  return counts.map(count => ${share});
}
const apozAnswer = '${answer}';`;

const ticket = ({ by = 'trained', share = 'alive.length', value = 'initial', old = 'mask.data[i] === 1' }): string => `
interface Round { initial: NDArray; trained: NDArray; mask: NDArray; }
function nextTicket({ initial, trained, mask }: Round, rate: number): { mask: NDArray; weight: NDArray } {
  const alive = [...mask.data.keys()].filter(i => ${old});
  alive.sort((a, b) => Math.abs(${by}.data[a]!) - Math.abs(${by}.data[b]!));
  const next = Uint8Array.from(mask.data);
  for (const i of alive.slice(0, Math.round(rate * ${share}))) next[i] = 0;
  const values = Float32Array.from(${value}.data, (v, i) => (next[i] ? v : 0));
  return { mask: array(mask.shape, next, 'uint8'), weight: array(initial.shape, values) };
}`;

const tickets = (mask: string): string => `
const initial = mlp({ seed: 1 });
const tickets: Record<string, NDArray> = await deliver('tickets', () =>
  Object.fromEntries(layersOf.map(name => { const first = weight(initial, name); return [name, ${mask}] as const; })));`;

const eie = ({ longest = '15', zeros = 'run', filler = true, bytes = '5400' }): string => `
function encodeColumn(column: number[]): { values: number[]; zeros: number[] } {
  const encoded = { values: [] as number[], zeros: [] as number[] };
  let run = 0;
  column.forEach((value, place) => {
    if (value === 0 && (${filler ? `run < ${longest}` : 'true'})) { run += 1; return; }
    encoded.values.push(value);
    encoded.zeros.push(${zeros});
    run = 0;
  });
  while (encoded.values.at(-1) === 0) { encoded.values.pop(); encoded.zeros.pop(); }
  return encoded;
}
const eieBytes = ${bytes};`;

const of =
  (question: string) =>
  (name: string, answer: string, hint: string): Mutant => ({ question, name, answer, hint });
const [pattern, score, layers, zeros] = [of('n-m'), of('snip'), of('collapse'), of('apoz')];
const [round, race, storage] = [of('ticket'), of('tickets'), of('eie')];
const board = of('leaderboard');

export const beyondMutants: readonly Mutant[] = [
  pattern('keeps the smallest', nOfM({ order: 'size(a) - size(b)' }), 'You kept the two smallest of each group.'),
  pattern('signed importance', nOfM({ size: 'weight.data[i]!' }), 'You ranked by signed value.'),
  pattern(
    'groups down the columns',
    nOfM({ at: '(group, lane) => (Math.floor(group / columns) * 4 + lane) * columns + (group % columns)' }),
    'Your groups run down the columns.',
  ),
  pattern('no index', nOfM({ ratio: '2' }), 'You left out the indices'),
  score('gradient alone', snip('Math.abs(g)'), 'That is the gradient alone.'),
  score('magnitude', snip('Math.abs(w)'), 'That is magnitude.'),
  score('signed', snip('w * g'), 'Take the absolute value'),
  score('not divided', snip('Math.abs(w * g)', false), 'Divide by the sum of all scores'),
  layers('first layer', "const collapseAnswer = 'd';", 'It keeps fewer there'),
  zeros('counts what is not zero', apoz('value !== 0'), 'That is the share of values that are not 0.'),
  zeros('counts', apoz('value === 0', 'count'), 'Those are counts.'),
  zeros('divides by the batch', apoz('value === 0', 'count / activations.shape[0]!'), 'You divided by the batch alone.'),
  zeros(
    'keeps the silent ones',
    apoz('value === 0', 'count * channels / activations.data.length', 'b'),
    'A channel with few zeros answers to almost every image',
  ),
  round('does not rewind', ticket({ value: 'trained' }), 'You kept the trained values.'),
  round('rate of all weights', ticket({ share: 'mask.data.length' }), 'The rate counts the weights that are still there'),
  round('ranks by the initial values', ticket({ by: 'initial' }), 'You ranked by the initial values.'),
  race('keeps everything', tickets("array(first.shape, first.data.map(() => 1), 'uint8')"), 'Go on for another round'),
  race(
    'any tenth of the weights',
    tickets("array(first.shape, Uint8Array.from(first.data, (_, i) => ((i * 7919) % 1000 < 110 ? 1 : 0)), 'uint8')"),
    'Take the masks from nextTicket',
  ),
  board('the same share everywhere', 'const widths = [4, 9, 17, 33, 33, 67, 67, 128];', 'Search: change one layer'),
  board('too much work', 'const widths = [8, 16, 32, 64, 64, 128, 128, 64];', 'Too much work'),
  storage('no filler', eie({ filler: false }), 'A run of more than 15 zeros does not fit into 4 bits'),
  storage('filler after 16', eie({ longest: '16' }), 'A 4-bit number goes up to 15'),
  storage('positions', eie({ zeros: 'place', filler: false }), 'Those are positions.'),
  storage('fillers cost nothing', eie({ bytes: '4500' }), 'Fillers are stored like values'),
];
