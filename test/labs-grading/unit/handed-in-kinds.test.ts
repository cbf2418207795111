import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, mlp, predict } from 'tinylab';
import { encode } from 'tinylab/grading';
import { afterAll, describe, expect, it } from 'vitest';
import { deliverableName } from '../../../labs-grading/collect/intake.ts';
import { asked, caps, handedInKinds } from '../../../labs-grading/run/inside/deliverables/kinds.ts';
import { deliverableKinds } from '../../../lib/check/deliverables/kinds.ts';
import { model } from '../../../lib/check/deliverables/model.ts';
import { notebookOf, workAt } from '../../../scripts/submit/work.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tinylab-handed-in-kinds-'));
afterAll(() => rmSync(folder, { recursive: true }));

const net = mlp({ input: [2], hidden: [], classes: 3, seed: 1 });

describe('the grader’s table of deliverables', () => {
  it('has every kind of the library, with caps', () => {
    expect(Object.keys(handedInKinds).sort()).toEqual(Object.keys(deliverableKinds).sort());
    expect(caps.model).toMatchObject({ nodes: 2_000, finite: true });
    for (const name of Object.keys(handedInKinds)) expect(Object.keys(caps[name as keyof typeof caps] ?? {}).length).toBeGreaterThan(0);
  });

  it('asks a model for scores, and knows no other request', () => {
    const inputs = array([1, 2], [1, -1]);
    const request = { id: '1', op: 'predict', model: encode(net), inputs: encode(inputs) };
    expect(asked('predict')?.(request)).toEqual(encode(predict(net, inputs)));
    for (const op of ['decode', 'toString', '__proto__']) expect(asked(op)).toBeUndefined();
  });

  it('has only files that collecting keeps and students pack', () => {
    const endings = ['.json', ...model.encode(net, encode(net)).map(([ending]) => ending)];
    mkdirSync(join(folder, 'deliverables'));
    cpSync(join(import.meta.dirname, '../fixtures/tiny-lab/tiny-lab.ipynb'), join(folder, 'tiny-lab.ipynb'));
    for (const ending of endings) {
      expect(deliverableName.test(`net${ending}`), ending).toBe(true);
      cpSync(join(folder, 'tiny-lab.ipynb'), join(folder, 'deliverables', `net${ending}`));
    }
    const { files } = workAt(notebookOf(folder, folder.concat('/tiny-lab.ipynb'))) as { files: { name: string }[] };
    expect(files.map(({ name }) => name).sort()).toEqual([...new Set(endings)].map(ending => `net${ending}`).sort());
  });
});
