import type { CheckReport } from 'tinylab';
import { decode, encode, type Fault, questionOf, responder, runQuestion, StudentFault, sessionOver, tensorSide } from 'tinylab/grading';
import { afterAll, describe, expect, it } from 'vitest';
import { Budget } from '../../../labs-grading/run/budget.ts';
import { Deliverables, handInFolder } from '../../../labs-grading/run/deliverables.ts';
import { openKit } from '../../../labs-grading/run/kit.ts';
import { loopAttacks } from './corpus.ts';
import { attacked, hiddenHalf, loopOf, rows } from './lab.ts';

const kit = openKit();
const handedIn = new Deliverables(kit, { folder: handInFolder(), source: undefined, budget: new Budget(kit.limits) });
afterAll(() => handedIn.close());

type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: Fault };

const inSandbox = async (request: unknown): Promise<unknown> => {
  const reply = (await handedIn.loop(encode(request))) as Reply;
  if (!reply.ok) throw new StudentFault(reply.fault);
  return decode(reply.value);
};

/** Grades a text as a grader does: the loop runs in an evaluator's sandbox, hidden cases are asked too, and the seed is nobody's to know. */
function graded(source: unknown, loop: (request: unknown) => Promise<unknown> = inSandbox): Promise<CheckReport> {
  const lookup = (name: string) => (name === 'multiply' ? { found: true, value: source } : { found: false });
  const session = sessionOver({
    send: responder({ lookup }, { tensors: tensorSide }),
    deliverable: async () => undefined,
    loop,
  });
  return runQuestion(questionOf(attacked, 'multiply'), session, { seed: 731_097, extra: hiddenHalf.bodies.multiply, judges: true });
}

/** All that a report says. */
const told = ({ items }: CheckReport): string =>
  items
    .filter(({ passed }) => !passed)
    .map(({ reason, expected, got, hint, hidden }) => `${reason} ${hidden ? 'hidden' : ''} ${expected} ${got} ${hint}`)
    .join('\n');

describe.each(loopAttacks)('a loop that $name', ({ source, honest, says }) => {
  it('gains nothing, and is told why', async () => {
    const report = await graded(source);
    expect([report.score, report.state]).toEqual([0, expect.stringMatching(/^(failed|memory|crashed|timeout)$/)]);
    expect(told(report)).toMatch(says);
  });

  it('has full marks without the attack', async () => {
    const report = await graded(honest);
    expect([report.score, told(report)]).toEqual([10, '']);
  });
});

/** Whatever the evaluator says when a loop has taken it over. */
describe('a forged reply', () => {
  const outputs = { c: new Float32Array(15) };
  const forgeries: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    'a list': [],
    'no answers': { answers: [] },
    'an answer too many': { answers: Array(20).fill({ outputs }) },
    'outputs of another length': { answers: Array(6).fill({ outputs: { c: new Float32Array(4096) } }) },
    'outputs of another kind': { answers: Array(6).fill({ outputs: { c: new Float64Array(15) } }) },
    'an output that is a list': { answers: Array(6).fill({ outputs: { c: Array(15).fill(0) } }) },
    'other names': { answers: Array(6).fill({ outputs: { d: new Float32Array(15) } }) },
    'an error that is none': { error: { code: 1, message: {} } },
    'an error of ours': { error: { code: 'check/empty', message: 'Full marks.' } },
    'a verdict': { answers: [], right: true, score: 10 },
  };

  it.each(Object.entries(forgeries))('of %s gains nothing', async (_name, forged) => {
    const report = await graded(loopOf(rows), async () => decode(encode(forged)));
    expect([report.score, report.state]).toEqual([0, 'failed']);
  });

  it.each([
    ['negative', -1],
    ['broken', 0.5],
    ['not a number', Number.NaN],
    ['a text', '0'],
    ['too large', 2 ** 60],
  ])('with counters that are %s gains nothing', async (_name, value) => {
    const forge = async (request: unknown): Promise<unknown> => {
      const { answers } = (await inSandbox(request)) as { answers: { counts?: object }[] };
      return decode(
        encode({
          answers: answers.map(answer => ({ ...answer, ...(answer.counts && { counts: { ...answer.counts, misses: [value] } }) })),
        }),
      );
    };
    const report = await graded(loopOf(rows), forge);
    expect([report.score, report.state]).toEqual([0, 'failed']);
    expect(told(report)).toContain('strange form');
  });

  it('is told from one that is sound', async () => {
    expect(await graded(loopOf(rows), async request => decode(encode(await inSandbox(request))))).toMatchObject({ score: 10 });
  });
});

it('has at least fifteen kinds, each of its own', () => {
  expect(loopAttacks.length).toBeGreaterThanOrEqual(15);
  expect(new Set(loopAttacks.map(({ name }) => name)).size).toBe(loopAttacks.length);
});
