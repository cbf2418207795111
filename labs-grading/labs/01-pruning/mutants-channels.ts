import type { Mutant } from '../../lab/mutant.ts';

interface Channels {
  readonly count?: string;
  readonly mask?: string;
  readonly keep?: string;
  readonly answer?: string;
}

const cut = (overrides = ''): string => `const cut: ConvLayer = {
    kernel: gather(layer.kernel, 3, keep),
    gamma: gather(layer.gamma, 0, keep),
    beta: gather(layer.beta, 0, keep),
    mean: gather(layer.mean, 0, keep),
    variance: gather(layer.variance, 0, keep),
    ${overrides}
  };
  return { layer: cut, next: gather(next, next.shape.length - 2, keep) };`;

const layer = 'interface ConvLayer { kernel: NDArray; gamma: NDArray; beta: NDArray; mean: NDArray; variance: NDArray; }';

const channels = ({
  count = 'Math.round(channels * (1 - ratio))',
  mask = 'i % kernel.shape[3]!',
  keep = cut(),
  answer = 'c',
}: Channels): string => `${layer}
function channelsToKeep(channels: number, ratio: number): number {
  return ${count};
}
function channelMask(kernel: NDArray, keep: number[]): NDArray {
  return array(kernel.shape, Uint8Array.from(kernel.data, (_, i) => (keep.includes(${mask}) ? 1 : 0)), 'uint8');
}
function keepChannels(layer: ConvLayer, next: NDArray, keep: number[]): { layer: ConvLayer; next: NDArray } {
  ${keep}
}
const residualAnswer = '${answer}';`;

const norm = 'Math.sqrt(read.reduce((sum, w) => sum + w * w, 0))';
const ranking = `const scores = inputChannelImportance(next);
  const order = scores.map((_, c) => c).sort((a, b) => scores[b]! - scores[a]!);`;
const importance = ({
  axis = 'weight.shape.length - 2',
  score = norm,
  sort = `${ranking}\n  return keepChannels(layer, next, order);`,
}): string => `
function inputChannelImportance(weight: NDArray): number[] {
  return Array.from({ length: weight.shape[${axis}]! }, (_, c) => {
    const read = Array.from(gather(weight, ${axis}, [c]).data);
    return ${score};
  });
}
function sortChannels(layer: ConvLayer, next: NDArray): { layer: ConvLayer; next: NDArray } {
  ${sort}
}`;

const narrow = (work: string): string => `const narrow = await deliver('narrow', async () => ${work});`;

const latency = (row: string): string => `
const latencies = await deliver('latencies', async () => {
  const row = (model: Model) => (${row});
  return { dense: row(dense), narrow: row(narrow) };
});`;
const reasons = (macsAnswer: string, latencyAnswer: string): string =>
  `const macsAnswer = '${macsAnswer}';\nconst latencyAnswer = '${latencyAnswer}';`;

const of =
  (question: string) =>
  (name: string, answer: string, hint: string): Mutant => ({ question, name, answer, hint });
const [surgery, which, network] = [of('channels'), of('importance'), of('narrow')];
const [time, why, choice] = [of('latency'), of('half-the-macs'), of('comparison')];

export const channelMutants: readonly Mutant[] = [
  surgery('cuts off', channels({ count: 'Math.floor(channels * (1 - ratio))' }), 'Round to the nearest whole number; you cut off.'),
  surgery('counts what goes', channels({ count: 'Math.round(channels * ratio)' }), 'That is how many go.'),
  surgery(
    'mask along the wrong axis',
    channels({ mask: 'Math.floor(i / kernel.shape[3]!) % kernel.shape[2]!' }),
    'Your mask lies along the input channels.',
  ),
  surgery(
    'batch norm not cut',
    channels({
      keep: cut('gamma: layer.gamma, beta: layer.beta, mean: layer.mean, variance: layer.variance,').replace(
        / {4}(gamma|beta|mean|variance): gather.*\n/g,
        '',
      ),
    }),
    'Batch norm still has all channels',
  ),
  surgery(
    'next layer not cut',
    channels({ keep: cut().replace('gather(next, next.shape.length - 2, keep)', 'next') }),
    'The next layer still reads all channels',
  ),
  surgery(
    'first channels',
    channels({ keep: `keep = keep.map((_, i) => i);\n  ${cut()}` }),
    'You kept the first channels. Keep those that `keep` lists.',
  ),
  surgery(
    'input channels of the layer itself',
    channels({ keep: cut().replace('layer.kernel, 3', 'layer.kernel, 2') }),
    'You cut the input channels of the layer itself.',
  ),
  surgery('residual branch on one side', channels({ answer: 'a' }), 'The sum would add 15 channels to 16'),
  which('output channels', importance({ axis: 'weight.shape.length - 1' }), 'Those are norms of output channels.'),
  which('signed sum', importance({ score: 'read.reduce((sum, w) => sum + w, 0)' }), 'You added up signed weights'),
  which('L1', importance({ score: 'read.reduce((sum, w) => sum + Math.abs(w), 0)' }), 'That is the L1 norm.'),
  which(
    'next inputs not permuted',
    importance({ sort: `${ranking}\n  return { ...keepChannels(layer, next, order), next };` }),
    'The inputs of the next layer are not permuted',
  ),
  which(
    'batch norm not permuted',
    importance({
      sort: `${ranking}\n  const sorted = keepChannels(layer, next, order);\n  return { layer: { ...layer, kernel: sorted.layer.kernel }, next: sorted.next };`,
    }),
    'Batch norm is not permuted',
  ),
  which('does not sort', importance({ sort: 'return { layer, next };' }), 'Nothing is sorted'),
  which(
    'least important first',
    importance({
      sort: `${ranking.replace('scores[b]! - scores[a]!', 'scores[a]! - scores[b]!')}\n  return keepChannels(layer, next, order);`,
    }),
    'The most important channel comes first',
  ),
  network('never trained', narrow('narrowNetwork(dense, 0.3, sortChannels)'), 'Sort before you cut, then fine-tune for an epoch'),
  network(
    'ratio of 0.1',
    narrow('narrowNetwork(dense, 0.1, sortChannels)'),
    'Remove 30 % of the channels of every convolution but the last.',
  ),
  time('FLOPs for MACs', latency('{ macs: 2 * macs(model), milliseconds: 1 }'), 'Those are FLOPs'),
  why('rounding explains it', reasons('a', 'd'), 'Rounding moves a layer by a channel or so.'),
  why('blames the zeros', reasons('b', 'c'), 'No weight is 0 here'),
  choice(
    'a dense kernel skips zeros',
    "const compareAnswer = 'a';\nconst phoneAnswer = 'a';",
    'A dense kernel multiplies by zeros like by any number',
  ),
  choice('removes fewer weights', "const compareAnswer = 'b';\nconst phoneAnswer = 'c';", 'The other way round'),
];
