import { describe, expect, it } from 'vitest';
import { named } from '../../../../labs-grading/base/text.ts';
import { nextSteps } from '../../../../labs-grading/commands/shared/next-steps.ts';
import { calledIn, labOf } from '../../../../labs-grading/lab/labs.ts';
import { graded, labOf as gradesOf, studentWith } from '../report/samples.ts';

const folder = 'test/labs-grading/fixtures/mini-lab';

describe('what is left to do', () => {
  it('names a lab in a folder of its own by that folder', () => {
    const waiting = (['stale', 'not gradable', 'unreadable', 'tool missing', 'needs manual'] as const).map((state, i) =>
      studentWith(`s${i}`, [graded('a', 0, { state })]),
    );
    const lab = labOf(folder);
    expect(lab.id).toBe('mini-lab');
    const known: readonly (Readonly<Record<string, null>> | undefined)[] = [undefined, {}, { qemu: null }];
    for (const tools of known) {
      const commands = nextSteps(lab, gradesOf(waiting), tools)
        .join('\n')
        .matchAll(/tinylab \w+ (\S+)/g);
      const called = [...commands].map(([, name]) => name?.replace(/[.,:]$/, ''));
      expect(called).toEqual(Array(5).fill(folder));
    }
  });

  it('and one of the project by its id; what a shell would take apart is quoted', () => {
    expect(calledIn(labOf('00-basics'))).toBe('00-basics');
    expect(calledIn({ id: 'lab', asked: './my labs/a$b' })).toBe("'./my labs/a$b'");
    expect(calledIn({ id: 'lab', asked: "it's" })).toBe(`'it'\\''s'`);
  });

  it('shows names of strangers without what drives a terminal', () => {
    expect(named(['a\u001b[31mda', 'ben\u202e'])).toBe('a\ufffd[31mda, ben\ufffd');
    const [line] = nextSteps({ id: 'lab' }, gradesOf([studentWith('\u001b]0;x', [], { grading: undefined })]));
    expect(line).not.toContain('\u001b');
  });
});
