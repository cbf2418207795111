import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { random } from 'tinylab';
import { afterAll, describe, expect, it } from 'vitest';
import { labIn } from '../../../../labs-grading/lab/labs.ts';
import type { Answers } from '../../../../labs-grading/report/similarity/answers.ts';
import { equalModels } from '../../../../labs-grading/report/similarity/models.ts';
import { similarityPage } from '../../../../labs-grading/report/similarity/page.ts';
import { similarPairs } from '../../../../labs-grading/report/similarity/pairs.ts';
import { commonIn, similarityOf } from '../../../../labs-grading/report/similarity/similarity.ts';
import { codeTokens } from '../../../../labs-grading/report/similarity/tokens.ts';
import { cells, notebook, solutions } from '../../fixtures/mini-lab/notebook.ts';
import { graded, labOf, studentWith } from './samples.ts';
import { hostile, skeleton } from './skeleton.ts';

const root = mkdtempSync(join(tmpdir(), 'tinylab-similarity-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const kinds = (source: string): string =>
  codeTokens(source)
    .map(({ kind }) => kind)
    .join(' ');

/** Text of this many tokens, most of them a character, none like what stands before it. */
function dense(tokens: number): string {
  const [marks, rng] = ['+-*%<>&|^!~?:,()[]{}.=', random(7)];
  return Array.from({ length: tokens }, () => marks[rng.int(0, marks.length - 1)]).join(' ');
}

describe('answers that are made to take long', () => {
  it.each([
    ['120,000 tokens that all of ten share', 120_000, 1],
    ['a passage that each repeats', 2_500, 12],
  ])('%s are compared within seconds', (_, tokens, times) => {
    const source = `${dense(tokens)}\n`.repeat(times);
    const start = performance.now();
    const answers = Array.from({ length: 10 }, (_, i) => ({ student: `s${i}`, cells: [{ id: 'c', source }] }));
    const pairs = similarPairs({ student: '', cells: [] }, answers, { threshold: 0.5, common: 10 });
    expect(performance.now() - start).toBeLessThan(25_000);
    expect(pairs).toHaveLength(45);
    expect(pairs[0]?.fragments?.length).toBeGreaterThan(0);
  });

  it('are compared in part, which the page says', () => {
    const lab = labIn(join(import.meta.dirname, '../../fixtures/mini-lab'), 'mini-lab');
    const long = dense(50_000).replaceAll(' ', '');
    const students = ['ada', 'ben'].map(id => {
      const folder = join(root, `long-${id}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'mini-lab.ipynb'), notebook(cells({ ...solutions, relu: long })));
      const grade = studentWith(id, [graded('a', 5)]);
      return { ...grade, submission: { ...(grade.submission as NonNullable<typeof grade.submission>), folder } };
    });
    const { similarity, answers } = similarityOf(lab, labOf(students), 0.5);
    expect(similarity.pairs).toHaveLength(1);
    expect(similarity.refused).toEqual(
      ['ada', 'ben'].map(student => ({ student, why: expect.stringMatching(/^only the first 30000 of \d+ tokens/) })),
    );
    expect(similarityPage(similarity, answers)).toContain('only the first 30000');
  });
});

describe('tokens', () => {
  it.each([
    ['const total = 3;', 'const name = number'],
    ['a / b / c', 'name / name / name'],
    ['x = /[/"`]/g.test(y)', 'name = regex . name ( name )'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code
    ['`a ${ { b: `c ${d}` } } e` + f', 'template { name : template name template } template + name'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code
    ['`${a} and ${b}`; { c }', 'template name template name template { name }'],
    ['// only a comment', ''],
    ["f('unclosed", 'name ( string'],
  ])('of %j', (source, expected) => expect(kinds(source)).toBe(expected));

  it('do not change with names, literals, comments and formatting', () => {
    const one = 'function f(a: number): number {\n  // sum\n  return a + 1;\n}';
    const two = 'function g (value:number):number { return value+22 /* more */ }';
    expect(kinds(two)).toBe(kinds(one));
    expect(kinds('return a - 1')).not.toBe(kinds('return a + 1'));
  });

  it('have places', () => {
    expect(codeTokens('a\r\n  bc\n\n`x\ny` d').map(({ row, from, to }) => [row, from, to])).toEqual([
      [0, 0, 1],
      [1, 2, 4],
      [3, 0, 5],
      [4, 3, 4],
    ]);
  });

  it('of anything end', () => {
    for (const source of [...hostile, '('.repeat(100_000), '`${'.repeat(1000), '}'.repeat(1000), '/'.repeat(1000)])
      expect(codeTokens(source).length).toBeGreaterThanOrEqual(0);
  });
});

const unusual = `function energy(layers) {
  let joules = 0;
  for (const layer of layers) {
    while (layer.reads > 3 && !layer.done) joules += layer.bits ** 2 / (layer.reads ?? 1);
    if (layer.kind === 'conv') joules *= layer.kernel % 7 ? 3 : [1, 2, 3].at(-1);
  }
  return { joules, layers: [...layers].reverse() };
}`;
const renamed = unusual
  .replaceAll('joules', 'sum')
  .replaceAll('layer', 'item')
  .replace('energy', 'work')
  .replaceAll('\n', '\n\n')
  .replace('3 :', '5 :');
const usual = `function energy(layers) {
  return layers.map(layer => layer.macs * 2 + layer.reads).filter(Boolean).reduce((a, b) => Math.max(a, b), -Infinity);
}`;
const other = `const energy = async input => {
  try { return await Promise.all(input.slice(1).map(async x => x?.value || null)); } catch (error) { throw new Error(String(error)); }
};`;
const of = (student: string, ...sources: string[]): Answers => ({
  student,
  cells: sources.map((source, i) => ({ id: `cell-${i}`, source })),
});
const none = of('', '');
const options = { threshold: 0.5, common: 4 };

describe('pairs', () => {
  it('finds a renamed copy among others’ work, with its places', () => {
    const pairs = similarPairs(none, [of('ada', other, unusual), of('bob', usual, renamed), of('eve', usual)], options);
    expect(pairs.map(({ left, right }) => [left, right])).toEqual([
      ['ada', 'bob'],
      ['bob', 'eve'],
    ]);
    const copy = pairs[0];
    expect(copy?.fragments).toEqual([
      { tokens: expect.any(Number), left: { cell: 'cell-1', from: 1, to: 8 }, right: { cell: 'cell-1', from: 1, to: 15 } },
    ]);
    expect(copy?.fragments?.[0]?.tokens).toBeGreaterThan(90);
    expect(similarPairs(none, [of('ada', unusual), of('bob', usual), of('eve', other)], options)).toEqual([]);
  });

  it('is not misled by padding: the share is that of the smaller side', () => {
    const [pair] = similarPairs(none, [of('ada', unusual), of('bob', renamed, ...Array.from({ length: 5 }, () => other), usual)], options);
    expect(pair?.share).toBe(1);
  });

  it('leaves out what the lab gave, and what many have', () => {
    expect(similarPairs(of('', unusual), [of('ada', unusual), of('bob', renamed)], options)).toEqual([]);
    const many = (n: number) =>
      similarPairs(
        none,
        Array.from({ length: n }, (_, i) => of(`s${i}`, unusual)),
        options,
      ).length;
    expect([many(4), many(5)]).toEqual([6, 0]);
    expect([commonIn(3), commonIn(40), commonIn(41), commonIn(500)]).toEqual([4, 4, 5, 50]);
  });

  it('passes over endless repetition, which says nothing', () => {
    const table = `const table = [${'1, '.repeat(10_000)}];`;
    expect(similarPairs(none, [of('ada', table), of('bob', table)], options)).toEqual([]);
    expect(similarPairs(none, [of('ada', table, unusual), of('bob', table, renamed)], options)).toHaveLength(1);
  });

  it('tells pairs from the threshold on', () => {
    const half = [of('ada', unusual, other), of('bob', renamed, usual)];
    const [{ share = 0 } = {}] = similarPairs(none, half, { threshold: 0.1, common: 4 });
    expect(share).toBeGreaterThan(0.3);
    expect(similarPairs(none, half, { threshold: share, common: 4 })).toHaveLength(1);
    expect(similarPairs(none, half, { threshold: share + 0.001, common: 4 })).toEqual([]);
  });
});

describe('a class', () => {
  const lab = labIn(join(import.meta.dirname, '../../fixtures/mini-lab'), 'mini-lab');
  const question = Object.keys(solutions)[0] as string;
  const handIn = (name: string, text: string, values?: string) => {
    const folder = join(root, name);
    mkdirSync(join(folder, 'deliverables'), { recursive: true });
    writeFileSync(join(folder, 'mini-lab.ipynb'), text);
    if (values !== undefined) writeFileSync(join(folder, 'deliverables/net.safetensors'), values);
    const grade = studentWith(name, [graded('a', 5)]);
    return { ...grade, submission: { ...(grade.submission as NonNullable<typeof grade.submission>), folder } };
  };
  const { submission, grading, ...absent } = studentWith('zoe', [graded('a', 0)]);
  const students = [
    handIn('ada', notebook(cells({ ...solutions, [question]: unusual })), 'the same'),
    handIn('bob', notebook(cells({ ...solutions, [question]: renamed })), 'the same'),
    handIn('cyn', '{ not a notebook', 'another'),
    absent,
  ];

  it('is compared by its answer cells alone; who cannot be compared is told', () => {
    const { similarity, answers } = similarityOf(lab, labOf(students, { title: 'Mini' }), 0.5);
    expect(similarity.pairs.map(({ left, right }) => [left, right])).toEqual([['ada', 'bob']]);
    expect(similarity.pairs[0]?.fragments?.some(({ left }) => left.cell === question)).toBe(true);
    expect(similarity).toMatchObject({
      compared: 2,
      refused: [{ student: 'cyn', why: expect.stringContaining('not JSON') }],
      models: [{ name: 'net', students: ['ada', 'bob'] }],
    });
    const page = similarityPage(similarity, answers);
    for (const part of ['Nothing here is proof', 'ada and bob', 'class="hit"', 'Equal models', 'cyn: not JSON'])
      expect(page).toContain(part);
    expect(grading ?? submission).toBeDefined();
  });

  it('has no equal models where values differ or cannot be read', () => {
    const folder = join(root, 'ada/deliverables');
    expect(equalModels(students.slice(1))).toEqual([]);
    writeFileSync(join(folder, 'big.safetensors'), '');
    expect(equalModels([...students.slice(0, 1), ...students.slice(2)])).toEqual([]);
  });
});

it.each(hostile)('the page: %j changes no tag', text => {
  const page = (said: string) => {
    const line = said.replaceAll('\n', ' ');
    const answers = [of(`${line}a`, `// ${line}\n${unusual}`), of(`${line}b`, `/* ${line.replaceAll('*/', '')} */\n${unusual}`)];
    const pairs = similarPairs(none, answers, options);
    expect(pairs).toHaveLength(1);
    const similarity = {
      lab: 'l',
      title: said,
      threshold: 0.5,
      common: 4,
      compared: 2,
      refused: [{ student: said, why: said }],
      models: [{ name: said, students: [said, said] }],
      pairs,
    };
    return skeleton(similarityPage(similarity, answers)).filter(tag => tag !== '<li class="">');
  };
  expect(page(text)).toEqual(page('text'));
});
