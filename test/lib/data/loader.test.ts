import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeIdx } from '../../../lib/data/idx.ts';
import { datasets, loadDataset } from '../../../lib/data/loader.ts';
import { type DatasetRecord, parseRegistry, type RemoteFile } from '../../../lib/data/registry.ts';
import type { DatasetNotice } from '../../../lib/data/report.ts';
import { array } from '../../../lib/tensor/array.ts';
import { random } from '../../../lib/tensor/random.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { tar } from './archive.ts';

let server: Server;
let folder: string;
let base: string;
let requests: string[];
const served = new Map<string, Uint8Array>();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function serve(path: string, bytes: Uint8Array, content?: Uint8Array): RemoteFile {
  served.set(`/${path}`, bytes);
  const file = { path, url: `${base}/${path}`, bytes: bytes.length, sha256: sha256(bytes) };
  return content ? { ...file, content: { bytes: content.length, sha256: sha256(content) } } : file;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tinylab-loader-'));
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const bytes = served.get(request.url ?? '');
    response.writeHead(bytes ? 200 : 404).end(bytes);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const row = (change: Partial<DatasetRecord> & Pick<DatasetRecord, 'full' | 'format'>): DatasetRecord => ({
  title: 'Made for a test',
  licence: 'none',
  citation: 'nobody, never',
  homepage: 'http://127.0.0.1/',
  shape: [32, 32, 3],
  classes: ['a', 'b'],
  choice: { seed: 1, train: 6, validation: 4, test: 4 },
  ...change,
});

function cifar(): { record: DatasetRecord; batch: (k: number) => Uint8Array } {
  const batch = (k: number) => Uint8Array.from({ length: 2 * 3073 }, (_, i) => (i % 3073 === 0 ? (i / 3073) % 2 : (k * 31 + i) % 251));
  const names = [1, 2, 3, 4, 5].map(i => `data_batch_${i}.bin`);
  const files = [...names, 'test_batch.bin'].map((name, k) => [`cifar-10-batches-bin/${name}`, batch(k)] as const);
  const archive = gzipSync(tar([...files, ['cifar-10-batches-bin/readme.html', new Uint8Array(3)]]));
  return { record: row({ format: 'cifar-binary', full: { files: [serve('cifar.tar.gz', archive)] } }), batch };
}

describe('loadDataset', () => {
  it('reads CIFAR-10 planes as pixels, tells the licence once and fetches once', async () => {
    const { record, batch } = cifar();
    const notices: DatasetNotice[] = [];
    const options = { registry: { tiny: record }, cache: folder, reporter: { notice: (n: DatasetNotice) => notices.push(n) } };
    const { train, validation, test } = await loadDataset('tiny', options);
    await loadDataset('tiny', options);
    expect(requests).toEqual(['/cifar.tar.gz']);
    expect(notices).toMatchObject([{ dataset: 'tiny', licence: 'none', citation: 'nobody, never', bytes: record.full.files[0]?.bytes }]);
    expect([train, validation, test].map(d => d.images.shape)).toEqual([
      [6, 32, 32, 3],
      [4, 32, 32, 3],
      [2, 32, 32, 3],
    ]);
    expect([...validation.labels.data].sort()).toEqual([0, 0, 1, 1]);
    const record0 = batch(5).subarray(0, 3073);
    const at = test.labels.data.indexOf(0);
    for (const [y, x, c] of [
      [0, 0, 0],
      [0, 1, 2],
      [31, 31, 1],
      [7, 30, 0],
    ] as const) {
      expect(test.images.data[((at * 32 + y) * 32 + x) * 3 + c]).toBe(record0[1 + c * 1024 + y * 32 + x]);
    }
  });

  it('takes a file placed by hand, and refuses a wrong one by name', async () => {
    const { record } = cifar();
    const placed = mkdtempSync(join(folder, 'placed-'));
    vi.stubEnv('TINYLAB_DATA_DIR', placed);
    writeFileSync(join(placed, 'cifar.tar.gz'), served.get('/cifar.tar.gz') as Uint8Array);
    await loadDataset('tiny', { registry: { tiny: record }, cache: folder });
    expect(requests).toEqual([]);
    writeFileSync(join(placed, 'cifar.tar.gz'), 'something else');
    await expect(loadDataset('tiny', { registry: { tiny: record }, cache: folder })).rejects.toMatchObject({
      code: 'data/checksum',
      message: expect.stringContaining(join(placed, 'cifar.tar.gz')),
    });
    expect(requests).toEqual([]);
  });

  it('fetches a damaged file of the cache anew, and unpacks nothing that is wrong', async () => {
    const { record } = cifar();
    writeFileSync(join(folder, 'cifar.tar.gz'), 'half a fi');
    await loadDataset('tiny', { registry: { tiny: record }, cache: folder });
    expect(requests).toEqual(['/cifar.tar.gz']);
    served.set('/cifar.tar.gz', gzipSync(tar([['data_batch_1.bin', new Uint8Array(3073)]])));
    rmSync(join(folder, 'cifar.tar.gz'));
    await expect(loadDataset('tiny', { registry: { tiny: record }, cache: folder })).rejects.toMatchObject({ code: 'data/checksum' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('accepts another packing of the right content from a package folder', async () => {
    const images = encodeIdx(
      array(
        [10, 2, 2],
        Uint8Array.from({ length: 40 }, (_, i) => i),
        'uint8',
      ),
    );
    const labels = encodeIdx(
      array(
        [10],
        Uint8Array.from({ length: 10 }, (_, i) => i % 2),
        'uint8',
      ),
    );
    const contents = [images, labels, images, labels];
    const files = contents.map((content, i) => serve(`${i}.gz`, gzipSync(content, { level: 1 }), content));
    const packageFolder = mkdtempSync(join(folder, 'package-'));
    for (const [i, content] of contents.entries()) writeFileSync(join(packageFolder, `${i}.gz`), gzipSync(content, { level: 9 }));
    const record = row({ format: 'idx', shape: [2, 2, 1], full: { files, packageFolder } });
    const { train, validation, test } = await loadDataset('tiny', { registry: { tiny: record }, cache: join(folder, 'cache') });
    expect(requests).toEqual([]);
    expect([train, validation, test].map(d => d.images.shape[0])).toEqual([6, 4, 10]);
    for (const d of [train, validation, test]) {
      for (let i = 0; i < d.labels.data.length; i++)
        expect((d.images.data[4 * i] as number) / 4).toSatisfy(n => (n as number) % 2 === d.labels.data[i]);
    }
  });

  it('decodes a balanced choice of JPEG files in folders of classes', async () => {
    const rng = random(4);
    const jpeg = async (grey: number) => {
      const image = tf.fill([8, 8, 3], grey, 'int32') as tf.Tensor3D;
      const file = await tf.node.encodeJpeg(image, 'rgb', 100);
      image.dispose();
      return file;
    };
    const entries: [string, Uint8Array][] = [];
    for (let i = 0; i < 20; i++) entries.push([`set/${i % 2 ? 'b' : 'a'}/${rng.int(1000, 9999)}-${i}.jpg`, await jpeg(i % 2 ? 200 : 50)]);
    const made = tensorCount();
    const full = { files: [serve('jpegs.tar.gz', gzipSync(tar(entries)))] };
    const registry = { tiny: row({ format: 'jpeg-folders', shape: [8, 8, 3], full }) };
    const splits = await loadDataset('tiny', { registry, cache: folder });
    expect(tensorCount()).toBe(made);
    for (const [part, count] of [
      ['train', 6],
      ['validation', 4],
      ['test', 4],
    ] as const) {
      const { images, labels } = splits[part];
      expect([...labels.data].sort()).toEqual(Array.from({ length: count }, (_, i) => Number(i >= count / 2)));
      for (let i = 0; i < count; i++) expect(Math.abs((images.data[i * 192] as number) - (labels.data[i] ? 200 : 50))).toBeLessThan(3);
    }
    const wrong = { tiny: row({ format: 'jpeg-folders', shape: [9, 9, 3], full }) };
    await expect(loadDataset('tiny', { registry: wrong, cache: folder })).rejects.toMatchObject({ code: 'data/jpeg' });
    const few = { tiny: row({ format: 'jpeg-folders', shape: [8, 8, 3], full, choice: { seed: 1, train: 60, validation: 4, test: 4 } }) };
    await expect(loadDataset('tiny', { registry: few, cache: folder })).rejects.toMatchObject({ code: 'data/jpeg' });
  });

  it('orders the training examples by seed and leaves the other splits as they are', async () => {
    const [plain, a, b] = [
      await loadDataset('fashion-mnist'),
      await loadDataset('fashion-mnist', { seed: 1 }),
      await loadDataset('fashion-mnist', { seed: 2 }),
    ];
    const first = (d: typeof plain) => [...d.train.images.data.subarray(0, 784)];
    expect(first(a)).not.toEqual(first(b));
    expect(first(a)).not.toEqual(first(plain));
    expect([...a.train.labels.data.subarray(0, 100)].filter(l => l === 3)).toHaveLength(10);
    expect(Buffer.compare(Buffer.from(a.test.images.data as Uint8Array), Buffer.from(plain.test.images.data as Uint8Array))).toBe(0);
  });

  it('names the sets it knows when it is asked for another', async () => {
    await expect(loadDataset('mnist')).rejects.toMatchObject({ code: 'data/unknown', hint: expect.stringContaining('fashion-mnist') });
    await expect(loadDataset('toString')).rejects.toMatchObject({ code: 'data/unknown' });
  });
});

describe('registry', () => {
  it('knows three sets, each with a licence, a citation and checksums', () => {
    expect(Object.keys(datasets()).sort()).toEqual(['cifar-10', 'fashion-mnist', 'visual-wake-words']);
    for (const record of Object.values(datasets())) {
      expect(record.licence.length).toBeGreaterThan(3);
      expect(record.citation.length).toBeGreaterThan(20);
      expect(record.full.files.length).toBeGreaterThan(0);
    }
  });

  it.each([
    ['path that leaves the folder', { full: { files: [{ path: '../x', url: 'http://h/x', bytes: 1, sha256: '0'.repeat(64) }] } }],
    ['checksum that is none', { full: { files: [{ path: 'x', url: 'http://h/x', bytes: 1, sha256: 'abc' }] } }],
    ['address that is no web address', { full: { files: [{ path: 'x', url: 'file:///x', bytes: 1, sha256: '0'.repeat(64) }] } }],
    ['shape that is none', { shape: [28, 28] }],
    ['format it cannot read', { format: 'pickle' }],
    ['missing seed', { choice: { train: 1, validation: 1, test: 1 } }],
  ])('refuses a %s', (_, change) => {
    const text = JSON.stringify({ set: { ...row({ format: 'idx', full: { files: [] } }), ...change } });
    expect(() => parseRegistry(text)).toThrow(expect.objectContaining({ code: 'data/registry' }));
  });
});
