import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { limits, SubmitError } from './work.mjs';
import { zip } from './zip.mjs';

/** The archive of a work: notebook, deliverables, and a manifest with their hashes. The same files give the same bytes. */
export function pack(work) {
  const files = new Map([
    [`${work.lab}.ipynb`, work.text],
    ...work.files.map(({ name, path }) => [`deliverables/${name}`, readFileSync(path)]),
  ]);
  const total = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  if (total > limits.total)
    throw new SubmitError(
      `The files have ${total} bytes together; at most ${limits.total} are taken. Deliver smaller models, or clear outputs.`,
    );
  const manifest = {
    format: 'tinylab submission',
    version: 1,
    lab: work.lab,
    labVersion: work.labVersion,
    savedAt: new Date(Math.max(work.saved, ...work.files.map(({ saved }) => saved))).toISOString(),
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }])),
  };
  files.set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
  return { bytes: zip(files), names: [...files.keys()] };
}

const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');
