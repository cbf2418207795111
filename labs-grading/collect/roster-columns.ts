/** Columns of our own roster. */
export const ownColumns = ['id', 'name', 'email', 'section', 'canvas', 'sis', 'login', 'moodle', 'blackboard', 'gradescope'] as const;
export type OwnColumn = (typeof ownColumns)[number];

/** A table that a course system writes: how it is known, and what its columns are called here. */
interface System {
  readonly name: string;
  /** Columns that tell it from the others; all of them are there. */
  readonly marks: readonly string[];
  readonly columns: Readonly<Record<string, OwnColumn | 'first' | 'last' | 'role'>>;
  /** What names the student here: the first that is a usable id. */
  readonly id: readonly OwnColumn[];
}

/** Canvas before the plain roster: it has a column ID too, which is its own number. */
export const systems: readonly System[] = [
  {
    name: 'Canvas',
    marks: ['student', 'id', 'section'],
    columns: { student: 'name', id: 'canvas', 'sis user id': 'sis', 'sis login id': 'login', section: 'section', email: 'email' },
    id: ['login', 'sis', 'canvas'],
  },
  {
    name: 'Gradescope',
    marks: ['sid', 'email'],
    columns: {
      'first name': 'first',
      'last name': 'last',
      name: 'name',
      'full name': 'name',
      sid: 'sis',
      email: 'email',
      'email address': 'email',
      role: 'role',
      section: 'section',
      sections: 'section',
    },
    id: ['sis', 'email'],
  },
  {
    name: 'Blackboard',
    marks: ['last name', 'first name', 'username', 'student id'],
    columns: { 'last name': 'last', 'first name': 'first', username: 'blackboard', 'student id': 'sis' },
    id: ['blackboard', 'sis'],
  },
  {
    name: 'Moodle',
    marks: ['email address'],
    columns: {
      'first name': 'first',
      'last name': 'last',
      surname: 'last',
      'full name': 'name',
      'id number': 'sis',
      'email address': 'email',
      username: 'login',
      groups: 'section',
      department: 'section',
    },
    id: ['login', 'sis', 'email'],
  },
];

/** Whose table has these headers, in small letters: a system's, or our own; undefined for neither. */
export function systemOf(headers: readonly string[]): System | undefined {
  const has = (name: string): boolean => headers.includes(name);
  return systems.find(({ marks }) => marks.every(has)) ?? (has('id') ? own : undefined);
}

const own: System = { name: 'TinyLab', marks: ['id'], columns: Object.fromEntries(ownColumns.map(name => [name, name])), id: ['id'] };
