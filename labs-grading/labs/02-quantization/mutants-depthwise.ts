import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

const slip = slipsIn('depthwise');
const equal = 'quantize.equalizeCrossLayers(uneven)';

// Wrong answers about the depthwise network.

export const depthwiseMutants: readonly KnownMistake[] = [
  slip('not equalized', 'as they are: equalize the ranges', [equal, 'uneven']),
  slip('a scale for each channel', 'Take one scale for all weights of a layer', [
    "return eightBits(equal, 'tensor');",
    "return eightBits(uneven, 'channel');",
  ]),
  slip('biases not divided', 'the biases are those of before', [
    `const equal = ${equal};`,
    `const equal = { ...${equal} };
  const biases = Object.entries(uneven.parameters).filter(([name]) => name.endsWith('.bias'));
  equal.parameters = { ...equal.parameters, ...Object.fromEntries(biases) };`,
  ]),
  slip('another network', 'Hand in what eightBits returns', ["eightBits(equal, 'tensor')", "eightBits(dense, 'tensor')"]),
  slip('on one batch', 'That is the drop on a few images', [
    "accuracy(uneven, test) - rightShare(eightBits(uneven, 'tensor'), test)",
    "accuracy(uneven, take(test, 64)) - rightShare(eightBits(uneven, 'tensor'), take(test, 64))",
  ]),
  slip('a percentage', 'in points of a hundred', [
    'const drop = accuracy(uneven, test) -',
    'const drop = 100 * accuracy(uneven, test) - 100 *',
  ]),
  slip('after minus before', 'The sign: accuracy before minus', [
    "accuracy(uneven, test) - rightShare(eightBits(uneven, 'tensor'), test)",
    "rightShare(eightBits(uneven, 'tensor'), test) - accuracy(uneven, test)",
  ]),
  slip('overflow', 'The sums have 32 bits', ["= 'c'", "= 'a'"]),
];
