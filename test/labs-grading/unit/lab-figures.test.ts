import { stripTypeScriptTypes } from 'node:module';
import * as tinylab from 'tinylab';
import { describe, expect, it } from 'vitest';
import { markOf, roleOf } from '../../../labs-grading/release/cells.ts';
import { labFiles, loadStyles } from '../../../labs-grading/release/lab-files.ts';
import { labCells } from '../../../labs-grading/release/student.ts';
import { inNotebook } from '../../lib/notebook/host.ts';

// A right scan may go through layers and sparsities in any order: the figure that questions are read from is drawn from what it returns.

const files = labFiles('01-pruning');
const cells = labCells(files).filter(cell => cell.type === 'code' && roleOf(cell) !== 'check');
const last = cells.findIndex(({ source }) => source.includes("deliver('scan'"));
const asked = 'sensitivity';

/** The notebook's cells as far as the scan, with this answer in the place of the lab's own, on few images. */
function notebookWith(answer: string | undefined): string {
  const sources = cells.slice(0, last + 1).map(cell => (markOf(cell)?.grade_id === asked && answer ? answer : cell.source));
  return sources
    .join('\n')
    .replace(/^import [^;]*;$/gm, '')
    .replace('take(validation, 1000)', 'take(validation, 6)');
}

/** What the scan returns with this answer, and the picture that stands in the notebook when it has ended. */
async function scanned(answer?: string): Promise<{ scan: unknown; picture: unknown }> {
  const names = { ...tinylab, deliver: (_: string, work: () => unknown) => work() };
  const code = stripTypeScriptTypes(`async () => {\n${notebookWith(answer)}\nreturn scan;\n}`);
  const run = new Function(...Object.keys(names), `return (${code})();`) as (...values: unknown[]) => Promise<unknown>;
  let scan: unknown;
  const shown = await inNotebook(async () => {
    scan = await run(...Object.values(names));
  });
  const { id, bundle } = shown.at(-1) as (typeof shown)[number];
  expect(shown.filter(one => one.id === id).length).toBeGreaterThan(1);
  return { scan, picture: bundle };
}

const head = 'async function sensitivityScan(model: Model, evaluate: Evaluate, { names, sparsities }: Scan) {';
const one = 'await evaluate(applyMasks(model, { [name]: fineGrainedPrune(weightOf(model, name), s) }))';
const orders: Readonly<Record<string, string>> = {
  'sparsities outside': `${head}
    const curves: Record<string, number[]> = Object.fromEntries(names.map(name => [name, []]));
    for (const s of sparsities) for (const name of names) curves[name]!.push(${one});
    return curves;
  }`,
  'from the last to the first': `${head}
    const curves: Record<string, number[]> = Object.fromEntries(names.map(name => [name, []]));
    for (const name of names.toReversed()) for (const s of sparsities.toReversed()) curves[name]!.unshift(${one});
    return curves;
  }`,
  'all at once': `${head}
    const rows = await Promise.all(names.map(async name => [name, await Promise.all(sparsities.map(async s => ${one}))] as const));
    return Object.fromEntries(rows);
  }`,
  'layers in the answer from the last to the first': `${head}
    const curves: Record<string, number[]> = {};
    for (const name of names.toReversed()) { curves[name] = []; for (const s of sparsities) curves[name].push(${one}); }
    return curves;
  }`,
  'the dense model first': `${head}
    await evaluate(model);
    const curves: Record<string, number[]> = {};
    for (const name of names) { curves[name] = []; for (const s of sparsities) curves[name].push(${one}); }
    return curves;
  }`,
};

describe('the figure of the sensitivity scan', async () => {
  const own = await scanned();
  const styles = (await loadStyles(files)).filter(({ question }) => question === asked);

  it('shows numbers', () => {
    expect(Object.values(own.scan as Record<string, number[]>).flat()).toHaveLength(54);
    expect(JSON.stringify(own.picture)).toContain('One layer pruned at a time');
  });

  it.each([...Object.entries(orders), ...styles.map(({ name, answer }) => [name, answer] as const)])('%s', async (_, answer) => {
    const other = await scanned(answer);
    expect(other.scan).toEqual(own.scan);
    expect(other.picture).toEqual(own.picture);
  });

  it('is another one where the scan is another', async () => {
    const wrong = await scanned((orders['sparsities outside'] as string).replace('curves[name]!.push', 'curves[name]!.unshift'));
    expect(wrong.picture).not.toEqual(own.picture);
  });
});
