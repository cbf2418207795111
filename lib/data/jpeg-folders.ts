import { array, zeros } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { random } from '../tensor/random.ts';
import { sizeOf } from '../tensor/shape.ts';
import { tf } from '../tensor/tf.ts';
import { balancedOrder, type Dataset, dataset, rows, type Splits } from './dataset.ts';
import type { DatasetRecord } from './registry.ts';
import { type TarEntry, tarEntries } from './tar.ts';

/**
 * Reads an archive of JPEG files in one folder a class, as Visual Wake Words has it. Only the images that the record's choice names are
 * decoded (by TensorFlow's own decoder), since all of them would take gigabytes; the choice is balanced and the parts are disjoint.
 * @throws LabError `data/jpeg` when a class has no images, too few are there, or one has another size than the record says.
 */
export function decodeJpegFolders(archive: Uint8Array, record: DatasetRecord, name: string): Splits {
  const entries = [...tarEntries(archive)]
    .filter(entry => /\.jpe?g$/i.test(entry.path) && record.classes.includes(folderOf(entry)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const labels = array(
    [entries.length],
    Int32Array.from(entries, entry => record.classes.indexOf(folderOf(entry))),
    'int32',
  );
  const { seed, train, validation, test } = record.choice;
  if (entries.length < train + validation + test || new Set(labels.data).size < record.classes.length) {
    throw wrong(
      name,
      `${train + validation + test} images in folders ${record.classes.join(', ')} are needed, ${entries.length} were found`,
    );
  }
  const order = balancedOrder(labels, random(seed).split('train'));
  const part = (label: string, from: number, count: number): Dataset => {
    const chosen = order.subarray(from, from + count);
    const images = decodeAll(
      Array.from(chosen, i => entries[i]),
      record,
      name,
    );
    return dataset({ name: `${name}/${label}`, images, labels: rows(labels, chosen), classes: record.classes });
  };
  return {
    test: part('test', 0, test),
    validation: part('validation', test, validation),
    train: part('train', test + validation, train),
  };
}

function decodeAll(entries: readonly TarEntry[], record: DatasetRecord, name: string): Dataset['images'] {
  const size = sizeOf(record.shape);
  const images = zeros([entries.length, ...record.shape], 'uint8');
  for (const [i, { path, content }] of entries.entries()) {
    const pixels = tf.tidy(() => {
      const image = tf.node.decodeJpeg(content, record.shape[2] as 1 | 3);
      return image.size === size ? image.dataSync() : undefined;
    });
    if (!pixels) throw wrong(name, `${path} is not an image of ${record.shape.join(' x ')}`);
    images.data.set(pixels, i * size);
  }
  return images;
}

function folderOf(entry: TarEntry): string {
  return entry.path.split('/').at(-2) ?? '';
}

function wrong(name: string, what: string): LabError {
  return new LabError(
    'data/jpeg',
    `Dataset ${name}: ${what}.`,
    'Delete the archive and fetch it again; its address is in datasets/registry.json.',
  );
}
