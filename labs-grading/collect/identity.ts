import { createHash } from 'node:crypto';
import { visible } from '../base/text.ts';
import { nameProblem } from './names.ts';
import type { Who } from './parcel.ts';
import type { StudentRecord } from './records.ts';
import { idPattern } from './roster.ts';

/** Who a hand-in is from: a student of the roster, or a record made from the name that it came with. */
export interface Identified {
  readonly student: StudentRecord;
  readonly known: boolean;
}

/**
 * Maps names and ids of a source to students: first by an id that only one student has, then by a full name that only one student has. Who is
 * not found keeps an own record, under a name that is no other student's.
 */
export class Identities {
  readonly #students: readonly StudentRecord[];
  readonly #byKey = new Map<string, StudentRecord | 'several'>();

  constructor(students: readonly StudentRecord[]) {
    this.#students = students;
    for (const student of students) {
      const { id, email, name, ids = {} } = student;
      // Folders are often named by login, number or address, whatever the roster calls the id.
      for (const value of [id, ids.login, ids.sis, email]) this.#add('id', value, student);
      for (const [system, value] of Object.entries(ids)) this.#add(system, value, student);
      this.#add('gradescope', ids.sis, student);
      this.#add('email', email, student);
      this.#add('name', name, student);
    }
  }

  find(who: Who): Identified {
    for (const [system, value] of [...Object.entries(who.ids), ['name', who.name] as const]) {
      const found = this.#byKey.get(keyOf(system, value));
      if (found !== undefined && found !== 'several') return { student: found, known: true };
    }
    return { student: this.#stranger(who), known: false };
  }

  #add(system: string, value: string | undefined, student: StudentRecord): void {
    if (value === undefined || value === '') return;
    for (const key of system === 'name' ? nameKeys(value) : [keyOf(system, value)]) {
      const other = this.#byKey.get(key);
      this.#byKey.set(key, other === undefined || other === student ? student : 'several');
    }
  }

  #stranger({ name, ids: came }: Who): StudentRecord {
    const who = { name: visible(name), ids: Object.fromEntries(Object.entries(came).map(([system, id]) => [system, visible(id)])) };
    const plain = who.ids.id ?? '';
    const usable = idPattern.test(plain) && nameProblem(plain) === undefined;
    const id = usable && !this.#taken(plain) ? plain : slugOf(who);
    const { id: _, email, ...ids } = who.ids;
    const named = who.name !== id && who.name !== '' && { name: who.name };
    // What the source knew goes along: exports find the student again by it.
    return { id, ...named, ...(email !== undefined && { email }), ...(Object.keys(ids).length > 0 && { ids }) };
  }

  #taken(id: string): boolean {
    return this.#students.some(student => student.id.toLowerCase() === id.toLowerCase());
  }
}

/** A folder's name for whom no id names: readable, and different for different people. */
function slugOf({ name, ids }: Who): string {
  const readable = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  const hash = createHash('sha256')
    .update(JSON.stringify([name, Object.entries(ids).sort()]))
    .digest('hex');
  return `${readable || 'student'}-${hash.slice(0, 8)}`;
}

const folded = (text: string): string => visible(text).normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
const keyOf = (system: string, value: string): string => `${system}\0${folded(value)}`;

/** A name as it is, and as Canvas writes it: the last name first, without blanks, in small letters. */
function nameKeys(name: string): string[] {
  const words = folded(name.includes(',') ? name.split(',').reverse().join(' ') : name).split(' ');
  const canvas = [words.at(-1), ...words.slice(0, -1)].join('').replace(/[^\p{L}\p{N}]/gu, '');
  // Canvas leaves out letters that are not ASCII: `Müller, Jörg` is `mllerjrg`.
  const ascii = canvas.replace(/[^a-z0-9]/g, '');
  return [
    ...new Set([
      keyOf('name', name),
      keyOf('name', words.join(' ')),
      keyOf('name', canvas),
      ...(ascii.length > 3 ? [keyOf('name', ascii)] : []),
    ]),
  ];
}
