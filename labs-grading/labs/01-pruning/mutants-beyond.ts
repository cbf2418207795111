import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

const [pattern, score, layers, zeros] = [slipsIn('n-m'), slipsIn('snip'), slipsIn('collapse'), slipsIn('apoz')];
const [round, race, storage, board] = [slipsIn('ticket'), slipsIn('tickets'), slipsIn('eie'), slipsIn('leaderboard')];

const largest = 'Math.abs(weight.data[b]!) - Math.abs(weight.data[a]!)';
const columnGroups = `const columns = weight.shape[1]!;
    const first = Math.floor(group / 4 / columns) * 4 * columns + ((group / 4) % columns);
    const places = [first, first + columns, first + 2 * columns, first + 3 * columns];`;
const saliency = 'Math.abs(w * gradient.data[i]!)';
const ofChannel = '(count * channels) / activations.data.length';
const noRound = ['round <= 4', 'round <= 0'] as const;
const noFiller = ['value === 0 && run < 15', 'value === 0'] as const;
const widths = '[7, 6, 19, 21, 64, 50, 59, 113]';

export const beyondMutants: readonly KnownMistake[] = [
  pattern('keeps the smallest', 'You kept the two smallest of each group.', [
    largest,
    'Math.abs(weight.data[a]!) - Math.abs(weight.data[b]!)',
  ]),
  pattern('signed importance', 'You ranked by signed value.', [largest, 'weight.data[b]! - weight.data[a]!']),
  pattern('sorts as text', 'The magnitudes are sorted as text', [
    `places.sort((a, b) => ${largest})`,
    'places.sort((a, b) => (String(Math.abs(weight.data[b]!)) > String(Math.abs(weight.data[a]!)) ? 1 : -1))',
  ]),
  pattern('groups down the columns', 'Your groups run down the columns.', [
    'const places = [group, group + 1, group + 2, group + 3];',
    columnGroups,
  ]),
  pattern('no index', 'You left out the indices', ['(4 * 16) / (2 * 16 + 2 * 2)', '2']),
  score('gradient alone', 'That is the gradient alone.', [saliency, 'Math.abs(gradient.data[i]!)']),
  score('magnitude', 'That is magnitude.', [saliency, 'Math.abs(w)']),
  score('signed', 'Take the absolute value', [saliency, 'w * gradient.data[i]!'], ['sum + score', 'sum + Math.abs(score)']),
  score('sum of signed products', 'signed products cancel', [
    'scores.reduce((sum, score) => sum + score, 0)',
    'Array.from(weight.data).reduce((sum, w, i) => sum + w * gradient.data[i]!, 0)',
  ]),
  score('not divided', 'Divide by the sum of all scores', ['score / total', 'score']),
  layers('first layer', 'It keeps fewer there', ["'b'", "'d'"]),
  zeros('counts what is not zero', 'That is the share of values that are not 0.', ['value === 0', 'value !== 0']),
  zeros('counts', 'Those are counts.', [ofChannel, 'count']),
  zeros('divides by the batch', 'You divided by the batch alone.', [ofChannel, 'count / activations.shape[0]!']),
  zeros('small values count as zeros', 'Small values are values', ['value === 0', 'value < 1e-5']),
  zeros('keeps the silent ones', 'A channel with few zeros answers to almost every image', ["'a'", "'b'"]),
  round('does not rewind', 'You kept the trained values.', ['from(initial.data', 'from(trained.data']),
  round('rate of all weights', 'The rate counts the weights that are still there', ['rate * alive.length', 'rate * mask.data.length']),
  round('ranks by the initial values', 'You ranked by the initial values.', [
    'Math.abs(trained.data[a]!) - Math.abs(trained.data[b]!)',
    'Math.abs(initial.data[a]!) - Math.abs(initial.data[b]!)',
  ]),
  round('what training made 0 is gone', 'A weight is still there where its mask is 1', [
    'i => mask.data[i] === 1',
    'i => trained.data[i] !== 0',
  ]),
  round('sorts as text', 'The magnitudes are sorted as text', [
    'Math.abs(trained.data[a]!) - Math.abs(trained.data[b]!)',
    '(String(Math.abs(trained.data[a]!)) > String(Math.abs(trained.data[b]!)) ? 1 : -1)',
  ]),
  round('cuts off', 'rounded to the nearest whole number, not cut off', ['Math.round(rate', 'Math.floor(rate']),
  race('keeps everything', 'Go on for another round', noRound),
  race('any tenth of the weights', 'Take the masks from nextTicket', noRound, ['() => 1', '(_, i) => ((i * 7919) % 1000 < 110 ? 1 : 0)']),
  board('the same share everywhere', 'Search: change one layer', [widths, '[4, 9, 17, 33, 33, 67, 67, 128]']),
  board('too much work', 'Too much work', [widths, '[8, 16, 32, 64, 64, 128, 128, 64]']),
  storage('no filler', 'A run of more than 15 zeros does not fit into 4 bits', noFiller),
  storage('filler after 16', 'A 4-bit number goes up to 15', ['run < 15', 'run < 16']),
  storage(
    'positions',
    'Those are positions.',
    noFiller,
    ['const value of column.slice(0, last + 1)', 'const [place, value] of column.slice(0, last + 1).entries()'],
    ['zeros.push(run)', 'zeros.push(place)'],
  ),
  storage('zeros at the end', 'Zeros at the end of a column need no entry.', ['column.slice(0, last + 1)', 'column']),
  storage('fillers cost nothing', 'Fillers are stored like values', ['(1000 + 200)', '1000']),
];
