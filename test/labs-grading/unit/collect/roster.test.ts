import { describe, expect, it } from 'vitest';
import { Identities } from '../../../../labs-grading/collect/identity.ts';
import { idPattern, parseRoster } from '../../../../labs-grading/collect/roster.ts';

const csv = [
  '\ufeffid,Name,email,section,canvas,sis,login,moodle',
  'ada,"Lovelace, Ada",ada@example.edu,A,11,1815,alove,501',
  'bob,Bob Müller,bob@example.edu,,12,,,',
  'chen-1,Chen Wei,,,,,,503',
  'chen-2,Chen Wei,,,,,,504',
].join('\r\n');

describe('roster', () => {
  it('reads what there is', () => {
    expect(parseRoster(csv, 'roster.csv').slice(0, 2)).toEqual([
      {
        id: 'ada',
        name: 'Lovelace, Ada',
        email: 'ada@example.edu',
        section: 'A',
        ids: { canvas: '11', sis: '1815', login: 'alove', moodle: '501' },
      },
      { id: 'bob', name: 'Bob Müller', email: 'bob@example.edu', ids: { canvas: '12' } },
    ]);
  });

  it.each([
    ['id,name\nada,A\nbob,B\nAda,C\n', /^r\.csv:4: the id "Ada" is that of line 2 too/],
    ['id,email\nada,x@y.z\nbob,X@Y.Z\n', /^r\.csv:3: the email "X@Y\.Z" is that of line 2 too/],
    ['id,canvas\nada,7\nbob,7\n', /^r\.csv:3: the canvas "7" is that of line 2 too/],
    ['name,email\nada,x\n', /^r\.csv:1: no column is called id; there are: name, email/],
    ['id\n../../x\n', /^r\.csv:2: "\.\.\/\.\.\/x" is no id/],
    ['id,name\n,nobody\n', /^r\.csv:2: "" is no id/],
    ['id,name\nada,"A\n', /^r\.csv: .*[Qq]uote/],
    ['id,name\nada,A,more\n', /^r\.csv: .*line 2/],
  ])('refuses %j by line', (text, message) => {
    expect(() => parseRoster(text, 'r.csv')).toThrow(message);
  });
});

describe('a table of students as a course system writes it', () => {
  const read = (text: string) => {
    const told: string[] = [];
    return { students: parseRoster(text, 'r.csv', line => void told.push(line)), told };
  };

  it('Canvas: its gradebook, with the rows of points and posting, and the test student', () => {
    const text = [
      'Student,ID,SIS User ID,SIS Login ID,Section,Lab 00 (77),Final Score',
      '    Points Possible,,,,,100.00,(read only)',
      ' ,,,,,Manual Posting,',
      '"Lovelace, Ada",101,1815,ada@uni.edu,A,,50',
      '"Müller, Jörg",103,,,A,,',
      '"Student, Test",104,,abc,A,,',
    ].join('\r\n');
    const { students, told } = read(`\ufeff${text}`);
    expect(students).toEqual([
      { id: 'ada@uni.edu', name: 'Lovelace, Ada', section: 'A', ids: { canvas: '101', sis: '1815', login: 'ada@uni.edu' } },
      { id: '103', name: 'Müller, Jörg', section: 'A', ids: { canvas: '103' } },
    ]);
    expect(told).toEqual([
      expect.stringContaining('columns that are not read: lab 00 (77), final score. Read are: student, id,'),
      'r.csv:6: not read: the test student',
    ]);
  });

  it.each([
    ['Gradescope', 'First Name,Last Name,SID,Email,Role,Sections\nAda,Lovelace,1815,ada@uni.edu,Student,A\nTim,A,9,ta@uni.edu,TA,\n'],
    ['Gradescope, export', 'Name,SID,Email,Role\nAda Lovelace,1815,ada@uni.edu,Student\n'],
    ['Moodle', 'First name;Surname;ID number;Email address\nAda;Lovelace;1815;ada@uni.edu\n'],
    ['Blackboard', '"Last Name"\t"First Name"\t"Username"\t"Student ID"\nLovelace\tAda\t1815\t1815\n'],
    ['our own with semicolons', 'sep=;\nid;name\n1815;"Ada Lovelace"\n'],
    ['our own in other letters, with a column more', '\ufeff"ID","Name","Shoe size"\r\n"1815","Ada \u200eLovelace","38"\r\n'],
  ])('%s', (name, text) => {
    const { students, told } = read(text);
    expect(students).toEqual([expect.objectContaining({ id: '1815', name: 'Ada Lovelace' })]);
    if (name.includes('more')) expect(told.join()).toContain('columns that are not read: shoe size. Read are: id, name, email');
  });

  it('says what it expects where it knows no column', () => {
    expect(() => parseRoster('Matrikel;Vorname\n1;A\n', 'r.csv')).toThrow(
      /no column is called id; there are: matrikel, vorname\. Expected: id, name, .*Canvas, Gradescope/,
    );
  });
});

describe('who a hand-in is from', () => {
  const identities = new Identities(parseRoster(csv, 'roster.csv'));
  const find = (name: string, ids: Record<string, string> = {}) => identities.find({ name, ids });

  it.each<[string, Record<string, string>, string]>([
    ['ada', { id: 'ada' }, 'ada'],
    ['ADA', { id: 'ADA' }, 'ada'],
    ['alove', { id: 'alove' }, 'ada'],
    ['1815', { id: '1815' }, 'ada'],
    ['lovelaceada', { canvas: '999' }, 'ada'],
    ['whoever', { canvas: '12' }, 'bob'],
    ['müllerbob', { canvas: '999' }, 'bob'],
    ['mllerbob', { canvas: '999' }, 'bob'],
    ['Bob Müller', { moodle: '77' }, 'bob'],
    ['Ada Lovelace', { email: 'none@example.edu' }, 'ada'],
    ['x', { gradescope: '1815' }, 'ada'],
    ['Chen Wei', { moodle: '504' }, 'chen-2'],
  ])('%s %j is %s', (name, ids, expected) => {
    expect(find(name, ids)).toMatchObject({ student: { id: expected }, known: true });
  });

  it('guesses nobody from a name that two students have, or from another system’s number', () => {
    expect(find('Chen Wei', { moodle: '9' }).known).toBe(false);
    expect(find('x', { canvas: '501' }).known).toBe(false);
  });

  it('gives strangers names that are nobody else’s and fit a folder', () => {
    const strangers = [
      find('Zoë Ω', { canvas: '1' }),
      find('Zoe Ω', { canvas: '1' }),
      find('Ω', { canvas: '2' }),
      find('../..', { id: '../..' }),
      find('con', { id: 'con' }),
    ];
    const ids = strangers.map(({ student }) => student.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(idPattern);
    expect(find('dora', { id: 'dora' })).toEqual({ student: { id: 'dora' }, known: false });
    expect(find('Zoë Ω', { canvas: '1', email: 'z@example.edu' }).student).toMatchObject({
      name: 'Zoë Ω',
      email: 'z@example.edu',
      ids: { canvas: '1' },
    });
  });
});
