import { array } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { type Dataset, dataset } from './dataset.ts';
import { tarEntries } from './tar.ts';

const side = 32;
const plane = side * side;
const record = 1 + 3 * plane;

/** The parts of the archive as their authors cut them. */
export interface CifarFiles {
  readonly train: Dataset;
  readonly test: Dataset;
}

/**
 * Reads CIFAR-10's binary version: records of one label byte and 3072 pixel bytes, plane by plane (all red, all green, all blue), in
 * `data_batch_1.bin` … `_5.bin` and `test_batch.bin` of an unpacked tar archive. Images come out as [N, 32, 32, 3].
 * @throws LabError `data/cifar` when a file is missing or no whole number of records.
 */
export function decodeCifar(archive: Uint8Array, classes: readonly string[]): CifarFiles {
  const files = new Map([...tarEntries(archive)].map(entry => [entry.path.replace(/^.*\//, ''), entry.content]));
  const batch = (name: string): Uint8Array => {
    const content = files.get(name);
    if (content && content.length % record === 0) return content;
    const problem = content ? `holds ${content.length} bytes, no multiple of ${record}` : 'is missing';
    throw new LabError('data/cifar', `CIFAR archive: ${name} ${problem}.`, 'The binary version is needed, cifar-10-binary.tar.gz.');
  };
  const parts = [1, 2, 3, 4, 5].map(i => batch(`data_batch_${i}.bin`));
  return {
    train: decodeRecords('cifar-10/train', parts, classes),
    test: decodeRecords('cifar-10/test', [batch('test_batch.bin')], classes),
  };
}

function decodeRecords(name: string, parts: readonly Uint8Array[], classes: readonly string[]): Dataset {
  const count = parts.reduce((sum, part) => sum + part.length / record, 0);
  const images = new Uint8Array(count * 3 * plane);
  const labels = new Int32Array(count);
  let i = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += record, i++) {
      labels[i] = part[at];
      for (let p = 0; p < plane; p++) {
        for (let c = 0; c < 3; c++) images[(i * plane + p) * 3 + c] = part[at + 1 + c * plane + p];
      }
    }
  }
  return dataset({
    name,
    images: array([count, side, side, 3], images, 'uint8'),
    labels: array([count], labels, 'int32'),
    classes,
  });
}
