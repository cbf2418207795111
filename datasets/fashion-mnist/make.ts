// Chooses the embedded part of Fashion-MNIST from the four original files and writes it, with its record in ../registry.json:
//
//     node datasets/fashion-mnist/make.ts [FOLDER WITH THE ORIGINALS]
//
// The originals come from the Debian package dataset-fashion-mnist or from the authors' site; both unpack to the bytes checked here.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { balancedOrder, rows } from '../../lib/data/dataset.ts';
import { decodeIdx, encodeIdx } from '../../lib/data/idx.ts';
import { type FileRecord, parseRegistry } from '../../lib/data/registry.ts';
import type { NDArray } from '../../lib/tensor/array.ts';
import { random } from '../../lib/tensor/random.ts';

const project = join(import.meta.dirname, '../..');
const registryPath = join(project, 'datasets/registry.json');
const shard = 2_000;
const hidden = 2_000;

type Pair = { images: NDArray; labels: NDArray };

const registry = parseRegistry(readFileSync(registryPath, 'utf8'));
const row = registry['fashion-mnist'];
if (!row) throw new Error('datasets/registry.json has no row fashion-mnist');
const { choice, full } = row;
const folder = process.argv[2] ?? full.packageFolder ?? '.';

function original(name: string): NDArray {
  const file = full.files.find(f => f.path === name);
  const content = gunzipSync(readFileSync(join(folder, name)));
  if (sha256(content) !== file?.content?.sha256) throw new Error(`${join(folder, name)} is not the original: its SHA-256 differs`);
  return decodeIdx(content, name);
}

function ordered(kind: string, stream: string): (from: number, count: number) => Pair {
  const images = original(`${kind}-images-idx3-ubyte.gz`);
  const labels = original(`${kind}-labels-idx1-ubyte.gz`);
  const order = balancedOrder(labels, random(choice.seed).split(stream));
  return (from, count) => {
    const chosen = order.subarray(from, from + count);
    return { images: rows(images, chosen), labels: rows(labels, chosen) };
  };
}

/** Packs without a time stamp or a name, so that the same zlib writes the same bytes; the record is of the unpacked content. */
function write(base: string, path: string, values: NDArray): FileRecord {
  const content = encodeIdx(values);
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), gzipSync(content, { level: 9 }));
  return { path, bytes: content.length, sha256: sha256(content) };
}

function writePair(base: string, prefix: string, pair: Pair): { images: FileRecord; labels: FileRecord } {
  return {
    images: write(base, `${prefix}-images-idx3-ubyte.gz`, pair.images),
    labels: write(base, `${prefix}-labels-idx1-ubyte.gz`, pair.labels),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const training = ordered('train', 'train');
const testing = ordered('t10k', 'test');
const datasets = join(project, 'datasets');
const pair = (name: string, data: Pair) => writePair(datasets, `fashion-mnist/${name}`, data);
const embedded = {
  train: Array.from({ length: choice.train / shard }, (_, i) => pair(`train-${i}`, training(choice.validation + i * shard, shard))),
  validation: [pair('validation-0', training(0, choice.validation))],
  test: [pair('test-0', testing(0, choice.test))],
};
writeFileSync(registryPath, `${JSON.stringify({ ...registry, 'fashion-mnist': { ...row, embedded } }, null, 2)}\n`);

// The hidden images are chosen by a seed of their own among what is left of the test file; a student's copy of the project has neither.
const secret = join(project, 'labs-grading/data/fashion-mnist');
if (existsSync(join(secret, 'hidden.json'))) {
  const { seed } = JSON.parse(readFileSync(join(secret, 'hidden.json'), 'utf8'));
  const left = testing(choice.test, 10_000);
  const chosen = balancedOrder(left.labels, random(seed)).subarray(0, hidden);
  const files = writePair(secret, 'hidden', { images: rows(left.images, chosen), labels: rows(left.labels, chosen) });
  writeFileSync(join(secret, 'hidden.json'), `${JSON.stringify({ seed, ...files }, null, 2)}\n`);
}
