import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

// Known mistakes in an omitted class, peers, a net inside of wider ones, and the gap.

const [omitted, peers, augmented, gap] = [slipsIn('omitted-class'), slipsIn('peers'), slipsIn('augmented'), slipsIn('gap-closed')];
const moved = 'c === omitted ? logit + shift : logit';
const pulls = 'v - (c === label ? 1 : 0) + (v - q[c]!)';
const wide = 'place * block + a * wide + b';

export const beyondMutants: readonly KnownMistake[] = [
  omitted('another class', 'The shift goes to another class', [moved, 'c === (omitted + 1) % row.length ? logit + shift : logit']),
  omitted('subtracted', 'goes the other way', [moved, 'c === omitted ? logit - shift : logit']),
  omitted('all classes', 'does the shift move anything', [moved, 'logit + shift']),
  omitted('all other classes', 'not added to all the others', [moved, 'c === omitted ? logit : logit + shift']),
  omitted('recall', 'the best recall of that class', ['=== labels[i];', '=== labels[i] && labels[i] === omitted;']),
  omitted('the accuracy', 'Return the shift', ['return best.shift;', 'return best.right / labels.length;']),
  omitted('the last of equal ones', 'Of equal ones the first', ['right > best.right', 'right >= best.right']),
  omitted('on the test images', 'looks better than it is', ["shiftOn = 'b'", "shiftOn = 'c'"]),
  omitted('from its labels', 'Its labels are not looked at', ["bootsReturn = 'c'", "bootsReturn = 'a'"]),
  omitted('too few trousers', 'as many trousers as boots', ["trousersStay = 'a'", "trousersStay = 'd'"]),
  peers('logits averaged', 'softmax of the mean of logits', [
    'const votes = logits.map(row => {',
    'const mixed = [logits[0]!.map((_, c) => logits.reduce((s, v) => s + v[c]! / logits.length, 0))];\n  const votes = mixed.map(row => {',
  ]),
  peers('summed', 'That is the sum over students', ['s + v[c]!, 0) / votes.length)', 's + v[c]!, 0))']),
  peers('no peer', 'Only the labels are there', [pulls, 'v - (c === label ? 1 : 0)']),
  peers('no label', 'Only the peer is there', [pulls, 'v - q[c]!']),
  peers('pushed away', 'The peer pushes away', [pulls, 'v - (c === label ? 1 : 0) - (v - q[c]!)']),
  peers('the wrong side constant', 'The wrong side is held constant', [
    pulls,
    'v - (c === label ? 1 : 0) + q[c]! * (Math.log(q[c]! / v) - q.reduce((s, w, k) => s + w * Math.log(w / p[k]!), 0))',
  ]),
  peers('reversed', 'That is the gradient of KL(own', [
    pulls,
    'v - (c === label ? 1 : 0) + v * (Math.log(v / q[c]!) - p.reduce((s, w, k) => s + w * Math.log(w / q[k]!), 0))',
  ]),
  peers('of the peer', 'That is the gradient of the peer', [pulls, 'q[c]! - (c === label ? 1 : 0) + (q[c]! - v)']),
  augmented('with the augmented part', 'the augmented part must stay behind', [
    'return array([height, width, inputs, outputs], values);',
    'return kernel;',
  ]),
  augmented(
    'augmented inputs',
    'input channels of the augmented part',
    ['{ inputs, outputs }: Base)', '{ outputs }: Base)'],
    ['const [height, width, , wide]', 'const [height, width, inputs, wide]'],
  ),
  augmented('the first numbers', 'the first numbers, not the first channels', [wide, 'place * inputs * outputs + a * outputs + b']),
  augmented('the last channels', 'Those are the last channels', [
    wide,
    'place * block + (block / wide - inputs + a) * wide + wide - outputs + b',
  ]),
  augmented('costs as the wide net', 'The wide net is not shipped', ["augmentedCost = 'a'", "augmentedCost = 'b'"]),
  augmented('as many steps', 'more than twice the work', ["fairRival = 'c'", "fairRival = 'a'"]),
  gap('points', 'Divide by the gap', ['(student - control) / (teacher - control)', 'student - control']),
  gap('what is open', 'Take what is closed', ['(student - control) / (teacher - control)', '(teacher - student) / (teacher - control)']),
  gap('spread for error', 'The error of the mean of n runs', ['squared / (n - 1) / n', 'squared / (n - 1)']),
  gap('n for n - 1', 'divide by n - 1', ['squared / (n - 1) / n', 'squared / n / n']),
  gap('four bits harm', 'at 4 bits', ["fourBits = 'a'", "fourBits = 'c'"]),
  gap('two bits help', 'at 2 bits', ["twoBits = 'c'", "twoBits = 'a'"]),
];
