import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

// Known mistakes in the choice of a network.

const network = slipsIn('network');
const start = "integersOf('14-16')";
const least = '(a, b) => (workOf(b) < workOf(a) ? b : a)';
const searched = `const start = ${start};
  const ways = await deploy.searchPatches(start);
  const cut = ways.trials
    .filter(({ steps }) => steps > 0)
    .map(way => deploy.patchProgram(start, way))
    .filter(one => fitOf(one).fits);
  return cut.reduce(${least});`;

export const networkMutants: readonly KnownMistake[] = [
  network('no patches', 'too many for the memory', [searched, `return ${start};`]),
  network('too many weights', 'too many for the flash', [searched, "return integersOf('14-24');"]),
  network('too small', 'below the accuracy that is asked', [start, "integersOf('14-2')"]),
  network('all places, few channels', 'below the accuracy that is asked', [start, "integersOf('28-2')"]),
  network('the fewest bytes', 'another choice that fits takes fewer', [
    searched,
    `return (await deploy.searchPatches(${start}, { most: 3 })).program;`,
  ]),
  network('the most instructions', 'another choice that fits takes fewer', ['workOf(b) < workOf(a)', 'workOf(b) > workOf(a)']),
  network('figures of the whole program', 'not the figure of the program that you handed in', [
    'const claimed = { sram: fitOf(fitted).sram,',
    `const claimed = { sram: fitOf(${start}).sram,`,
  ]),
  network('the network alone', 'That is the network alone', [
    'flash: fitOf(fitted).flash }',
    'flash: fitOf(fitted).flash - room.codeBytes }',
  ]),
  network('the fewest instructions of a step', 'the one with the most', [
    'b.instructions > a.instructions',
    'b.instructions < a.instructions',
  ]),
];
