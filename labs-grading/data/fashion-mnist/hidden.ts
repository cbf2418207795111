import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { array, type Dataset, dataset, datasets, decodeIdx, type NDArray } from 'tinylab';

interface FileRecord {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** 2,000 balanced Fashion-MNIST images that no student holds, checked against their recorded SHA-256. */
export function hiddenFashionMnist(): Dataset {
  const files = JSON.parse(readFileSync(join(import.meta.dirname, 'hidden.json'), 'utf8')) as Record<'images' | 'labels', FileRecord>;
  const images = read(files.images);
  const labels = read(files.labels);
  return dataset({
    name: 'fashion-mnist/hidden',
    images: array([...images.shape, 1], images.data, 'uint8'),
    labels: array(labels.shape, Int32Array.from(labels.data), 'int32'),
    classes: datasets()['fashion-mnist']?.classes ?? [],
  });
}

function read(file: FileRecord): NDArray {
  const content = gunzipSync(readFileSync(join(import.meta.dirname, file.path)), { maxOutputLength: file.bytes });
  if (createHash('sha256').update(content).digest('hex') !== file.sha256)
    throw new Error(`${file.path} is damaged: run datasets/fashion-mnist/make.ts`);
  return decodeIdx(content, file.path);
}
