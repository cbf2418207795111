import { fileURLToPath } from 'node:url';
import type { NDArray } from '../../lib/tensor/array.ts';
import { type Contender, interleave } from './peers/interleave.ts';
import { type PeerProcess, startPeer } from './peers/process.ts';
import { peersPython } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

/** Weight [outputs, inputs] times activations [inputs, batch]: the last convolution of Lab 1's net, and two dense layers. */
const shapes = [
  [128, 1152],
  [512, 512],
  [1024, 1024],
] as const;
const batchSizes = [1, 16, 64];
const sparsities = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99];
const block = 8;
const rounds = 7;
/** A run repeats its product until about so many milliseconds have passed, so that the clock's grain does not count. */
const runMs = 3;
const headline = { shape: '1024 × 1024', batch: 1, sparsity: 0.9 };
const peerTimes = 30;
const scipy = ['scipy==1.17.1', 'numpy==2.2.6'];

/** Mean milliseconds of one call, over as many calls as fill a run; how many is found in the first. */
function repeated(product: () => void): Contender {
  let times = 0;
  return async () => {
    if (times === 0) {
      for (let i = 0; i < 20; i++) product();
      const began = performance.now();
      for (let i = 0; i < 5; i++) product();
      times = Math.max(1, Math.round(runMs / ((performance.now() - began) / 5)));
    }
    const began = performance.now();
    for (let i = 0; i < times; i++) product();
    return (performance.now() - began) / times;
  };
}

const shown = (ms: number): string => `${(ms * 1000).toFixed(1).padStart(8)} µs`;

/** The lowest sparsity from which on every one is faster than dense. */
function crossover(times: ReadonlyMap<number, number>, dense: number): string {
  let from: number | undefined;
  for (const sparsity of sparsities.toReversed()) {
    if ((times.get(sparsity) as number) >= dense) break;
    from = sparsity;
  }
  return from === undefined ? 'never' : from === sparsities[0] ? `≤ ${from}` : `${from}`;
}

async function products(right: NDArray, weightOf: (sparsity: number, granularity: 'fine' | 'block' | '2:4') => NDArray) {
  const { csr } = await import('../../lib/sparse/csr.ts');
  const { blockedEll } = await import('../../lib/sparse/blocked-ell.ts');
  const { packedNm } = await import('../../lib/sparse/n-m.ts');
  const ell = blockedEll(block);
  const packed = packedNm({ n: 2, m: 4 });
  const contenders: Record<string, Contender> = {};
  for (const sparsity of sparsities) {
    const rows = csr.encode(weightOf(sparsity, 'fine'));
    contenders[`CSR ${sparsity}`] = repeated(() => csr.multiply(rows, right));
    const blocks = ell.encode(weightOf(sparsity, 'block'));
    contenders[`ELL ${sparsity}`] = repeated(() => ell.multiply(blocks, right));
  }
  const pairs = packed.encode(weightOf(0.5, '2:4'));
  contenders['2:4'] = repeated(() => packed.multiply(pairs, right));
  return contenders;
}

const run: Benchmark = async ({ peers, log }) => {
  process.env.TINYLAB_THREADS = '2';
  const [{ tf }, { array }, { normal, random }, masks] = await Promise.all([
    import('../../lib/tensor/tf.ts'),
    import('../../lib/tensor/array.ts'),
    import('../../lib/tensor/random.ts'),
    granularities(),
  ]);
  const python: PeerProcess | undefined = peers
    ? await startPeer(await peersPython(scipy, log), [fileURLToPath(new URL('./peers/scipy_sparse.py', import.meta.url))])
    : undefined;
  const rows = [`${'weight, batch'.padEnd(24)} ${'dense'.padStart(11)}   CSR faster from   Blocked-ELL ${block} from   2:4 / dense`];
  let main: Record<string, Sample> = {};
  for (const [outputs, inputs] of shapes)
    for (const batch of batchSizes) {
      log(`${outputs} × ${inputs}, batch ${batch}`);
      const rng = random(outputs + batch);
      const weight = normal(rng, [outputs, inputs]);
      const right = normal(rng, [inputs, batch]);
      const [w, x] = [weight, right].map(({ shape, data }) => tf.tensor2d(data as Float32Array, shape as [number, number]));
      const weightOf = (sparsity: number, kind: keyof typeof masks): NDArray => {
        const mask = masks[kind](weight, sparsity).data;
        return array(
          weight.shape,
          (weight.data as Float32Array).map((value, i) => value * (mask[i] as number)),
        );
      };
      const contenders: Record<string, Contender> = {
        dense: repeated(() => tf.dispose(tf.matMul(w as never, x as never))),
        ...(await products(right, weightOf)),
      };
      const isMain = `${outputs} × ${inputs}` === headline.shape && batch === headline.batch;
      if (isMain && python)
        contenders.scipy = async () =>
          (await python.measure(`${outputs}/${inputs}/${batch}/${headline.sparsity}/${peerTimes}`)) / peerTimes;
      const samples = await interleave(contenders, { warm: 2, rounds, log });
      if (isMain) main = samples;
      rows.push(rowOf(`${outputs} × ${inputs}, ${batch}`, samples));
      tf.dispose([w, x] as never);
    }
  python?.close();
  return resultOf(main, rows);
};

export default run;

function rowOf(title: string, samples: Readonly<Record<string, Sample>>): string {
  const min = (name: string): number => (samples[name] as Sample).min;
  const of = (format: string): Map<number, number> => new Map(sparsities.map(sparsity => [sparsity, min(`${format} ${sparsity}`)]));
  const dense = min('dense');
  const ratio = (min('2:4') / dense).toFixed(2);
  return `${title.padEnd(24)} ${shown(dense)}   ${crossover(of('CSR'), dense).padStart(15)}   ${crossover(of('ELL'), dense).padStart(18)}   ${ratio.padStart(11)}`;
}

function resultOf(samples: Readonly<Record<string, Sample>>, rows: string[]): Awaited<ReturnType<Benchmark>> {
  const ours = samples[`CSR ${headline.sparsity}`] as Sample;
  const others: Record<string, Sample> = {
    'tfjs-node dense matMul': samples.dense as Sample,
    ...(samples.scipy && { 'scipy CSR': samples.scipy }),
  };
  const inMicroseconds = ({ min, median, n }: Sample): Sample => ({ min: min * 1000, median: median * 1000, n });
  return {
    name: `sparse: CSR ${headline.shape}, ${headline.sparsity * 100} %, batch ${headline.batch}`,
    unit: 'µs',
    ours: inMicroseconds(ours),
    peers: Object.fromEntries(Object.entries(others).map(([name, sample]) => [name, inMicroseconds(sample)])),
    ratio: ours.min / Math.min(...Object.values(others).map(({ min }) => min)),
    rows,
  };
}

/** A mask for each way to prune: single weights, blocks, 2:4 along the inputs. */
async function granularities() {
  const { magnitudeMask } = await import('../../lib/compress/prune/magnitude.ts');
  const { nmMask } = await import('../../lib/compress/prune/granularity/n-m.ts');
  const { random, uniform } = await import('../../lib/tensor/random.ts');
  const { array } = await import('../../lib/tensor/array.ts');
  return {
    fine: (weight: NDArray, sparsity: number): NDArray => magnitudeMask(weight, sparsity),
    '2:4': (weight: NDArray, _: number): NDArray => nmMask(weight, { n: 2, m: 4, axis: 1 }),
    /** The same number of blocks in each row of blocks: the case that Blocked-ELL is made for. */
    block: ({ shape }: NDArray, sparsity: number): NDArray => {
      const [height, width] = [Math.ceil((shape[0] as number) / block), Math.ceil((shape[1] as number) / block)];
      const kept = Array.from({ length: height }, (_, row) => magnitudeMask(uniform(random(row), [width]), sparsity).data);
      const columns = shape[1] as number;
      return array(
        shape,
        Uint8Array.from({ length: (shape[0] as number) * columns }, (_, i) => {
          const [row, column] = [Math.floor(i / columns), i % columns];
          return kept[Math.floor(row / block)]?.[Math.floor(column / block)] as number;
        }),
        'uint8',
      );
    },
  };
}
