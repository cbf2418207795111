import { describe, expect, it } from 'vitest';
import { courseIn } from '../../../labs-grading/collect/course.ts';
import {
  daysLateOf,
  labSettings,
  parseSettings,
  settingsOf,
  submissionThatCounts,
} from '../../../labs-grading/gradebook/policy/settings.ts';

const due = '2026-11-22T23:59:00+01:00';
const handed = (digest: string, submittedAt: string) => ({ student: 'ada', digest, submittedAt });
const first = handed('aa11', '2026-11-20T10:00:00Z');
const second = handed('bb22', '2026-11-22T10:00:00Z');
const late = handed('cc33', '2026-11-23T10:00:00Z');
const all = [late, first, second];

const lab = (fields: object) =>
  labSettings(parseSettings(JSON.stringify({ labs: { '00-basics': { due, ...fields } } }), 'course.json'), '00-basics');

describe('course settings', () => {
  it('are empty without a file: nothing is due', () => {
    const settings = settingsOf(courseIn('/nowhere/at/all'));
    expect(settings).toEqual({ lateDays: 0, labs: {} });
    expect(labSettings(settings, '00-basics')).toEqual({
      latePolicy: { kind: 'none' },
      extensions: {},
      policies: {},
      count: 'latest on time',
      chosen: {},
    });
    expect(labSettings(settings, 'constructor').count).toBe('latest on time');
  });

  it.each([
    ['{\n "labs": {,}\n}', /^course\.json: not JSON: .*line 2/],
    ['[]', /^course\.json: top level: /],
    ['{"labs":{"a":{"due":"tomorrow"}}}', /^course\.json: labs\.a\.due: expected a time with an offset/],
    ['{"labs":{"a":{"due":"2026-11-22T23:59:00"}}}', /^course\.json: labs\.a\.due: expected a time with an offset/],
    ['{"labs":{"a":{"extensions":{"ada":"later"}}}}', /^course\.json: labs\.a\.extensions\.ada: /],
    ['{"labs":{"a":{"deu":"2026-11-22T23:59:00Z"}}}', /^course\.json: labs\.a: .*deu/],
    ['{"labs":{"a":{"latePolicy":{"kind":"ratio per day","ratio":10}}}}', /^course\.json: labs\.a\.latePolicy\.ratio: /],
    ['{"labs":{"a":{"latePolicy":{"kind":"sometimes"}}}}', /^course\.json: labs\.a\.latePolicy/],
    ['{"labs":{"a":{"count":"newest"}}}', /^course\.json: labs\.a\.count: /],
  ])('refuse %s by file and place', (text, message) => {
    expect(() => parseSettings(text, 'course.json')).toThrow(message);
  });
});

describe('the submission that counts', () => {
  it('is the latest on time: an accidental late one changes nothing', () => {
    expect(submissionThatCounts(all, lab({}))).toBe(second);
    expect(submissionThatCounts([first, second], lab({}))).toBe(second);
  });

  it('is the latest where none is on time', () => {
    expect(submissionThatCounts([late, { ...late, digest: 'dd44', submittedAt: '2026-11-24T10:00:00Z' }], lab({}))?.digest).toBe('dd44');
    expect(submissionThatCounts([], lab({}))).toBeUndefined();
  });

  it('knows extensions and grace', () => {
    expect(submissionThatCounts(all, lab({ extensions: { ada: '2026-11-23T12:00:00+01:00' } }))).toBe(late);
    expect(submissionThatCounts(all, lab({ extensions: { bob: '2026-11-23T12:00:00+01:00' } }))).toBe(second);
    expect(daysLateOf(late, lab({ latePolicy: { kind: 'closed', graceMinutes: 720 } }))).toBe(0);
    expect(daysLateOf(late, lab({}))).toBe(1);
  });

  it('is another one where the course says so', () => {
    expect(submissionThatCounts(all, lab({ count: 'latest' }))).toBe(late);
    const scores: Record<string, number> = { aa11: 9, bb22: 7, cc33: 9 };
    expect(submissionThatCounts(all, lab({ count: 'best' }), ({ digest }) => scores[digest])).toBe(first);
    expect(submissionThatCounts(all, lab({ count: 'best' }), ({ digest }) => (digest === 'bb22' ? 1 : undefined))).toBe(second);
    expect(submissionThatCounts(all, lab({ count: 'best' }))).toBe(second);
  });

  it('is what a person chose, before all else', () => {
    expect(submissionThatCounts(all, lab({ chosen: { ada: 'cc' } }))).toBe(late);
    expect(submissionThatCounts(all, lab({ chosen: { ada: 'zz' } }))).toBe(second);
    expect(submissionThatCounts(all, lab({ chosen: { bob: 'cc' } }))).toBe(second);
  });

  it('has a notebook, if any has one', () => {
    const broken = { ...second, lab: '00-basics', anomalies: [{ kind: 'missing' as const, about: '00-basics.ipynb', detail: '' }] };
    const whole = { ...first, lab: '00-basics', anomalies: [] };
    expect(submissionThatCounts([whole, broken], lab({}))).toBe(whole);
    expect(submissionThatCounts([broken], lab({}))).toBe(broken);
  });

  it('compares instants, not text', () => {
    const east = handed('ee55', '2026-11-22T23:00:00+09:00');
    const west = handed('ff66', '2026-11-22T07:30:00-08:00');
    expect(submissionThatCounts([west, east], lab({ count: 'latest' }))).toBe(west);
  });
});
