import { createHash } from 'node:crypto';
import type { StudentRecord } from '../collect/records.ts';

/**
 * A short name for a student's answer to one question that says nothing about the student. Sorted by it, each question has an order of its
 * own, so that nobody is always graded last.
 */
export function answerKey(lab: string, question: string, student: string): string {
  return createHash('sha256')
    .update(JSON.stringify([lab, question, student]))
    .digest('hex')
    .slice(0, 16);
}

const mark = '▮▮▮';
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const word = (texts: readonly string[], flags: string): RegExp | undefined =>
  texts.length === 0
    ? undefined
    : new RegExp(
        `(?<![\\p{L}\\p{N}])(?:${texts
          .toSorted((a, b) => b.length - a.length)
          .map(escaped)
          .join('|')})(?![\\p{L}\\p{N}])`,
        flags,
      );

/**
 * Blackens who a text is of: the author's id, other ids, e-mail and parts of the name, and everyone's full name and e-mail. Parts of a name are
 * matched with their capitals, so that Max hides no `Math.max`.
 */
export function redactor(author: StudentRecord, everyone: readonly StudentRecord[]): (text: string) => string {
  const { id, name = '', ids = {} } = author;
  const parts = name.split(/[\s,]+/).filter(part => part.length > 2);
  const full = [...everyone, author].flatMap(student => [student.name, student.email]).filter(text => text !== undefined && text !== '');
  const patterns = [
    word([...new Set([...(full as string[]), id, ...Object.values(ids)])], 'giu'),
    word([...new Set(parts.flatMap(part => [part, part.toLocaleUpperCase()]))], 'gu'),
  ];
  return text => patterns.reduce((now, pattern) => (pattern ? now.replace(pattern, mark) : now), text);
}
