/** Grows with every change of the tables; `migrations[n]` leads from version n to n + 1. */
export const schemaVersion = 1;

/** Rows that are only ever added: the database itself refuses anything else. */
const appendOnly = (table: string): string => `
CREATE TRIGGER ${table}_stay BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} are only ever added'); END;
CREATE TRIGGER ${table}_last BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} are only ever added'); END;`;

const first = `
CREATE TABLE students (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE labs (lab TEXT NOT NULL, version TEXT NOT NULL, seen_at TEXT NOT NULL, facts TEXT NOT NULL) STRICT;

CREATE TABLE submissions (
  id INTEGER PRIMARY KEY,
  lab TEXT NOT NULL,
  student TEXT NOT NULL,
  folder TEXT NOT NULL,
  digest TEXT NOT NULL,
  submitted_at TEXT NOT NULL,
  source TEXT NOT NULL,
  lab_version TEXT,
  anomalies TEXT NOT NULL,
  UNIQUE (lab, student, digest, submitted_at)
) STRICT;

-- Equal reports are kept once, under the sha256 of their text.
CREATE TABLE reports (digest TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;

-- What is known to come of a key, whoever it is for.
CREATE TABLE graded (grade_key TEXT PRIMARY KEY, report TEXT NOT NULL REFERENCES reports (digest)) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY,
  submission INTEGER NOT NULL REFERENCES submissions (id),
  grade_key TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  wall_ms REAL NOT NULL,
  gradable INTEGER NOT NULL,
  report TEXT NOT NULL REFERENCES reports (digest)
) STRICT;
CREATE INDEX attempts_of ON attempts (submission);

CREATE TABLE overrides (
  id INTEGER PRIMARY KEY,
  lab TEXT NOT NULL,
  student TEXT NOT NULL,
  question TEXT NOT NULL,
  score REAL,
  reason TEXT NOT NULL,
  by TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;

CREATE TABLE manual (
  lab TEXT NOT NULL,
  student TEXT NOT NULL,
  question TEXT NOT NULL,
  revision INTEGER NOT NULL,
  grader TEXT NOT NULL,
  items TEXT NOT NULL,
  adjustment REAL NOT NULL,
  comment TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (lab, student, question, revision)
) STRICT;

CREATE TABLE publications (
  id INTEGER PRIMARY KEY,
  lab TEXT NOT NULL,
  by TEXT NOT NULL,
  at TEXT NOT NULL,
  digest TEXT NOT NULL,
  grades TEXT NOT NULL
) STRICT;

CREATE TABLE log (id INTEGER PRIMARY KEY, at TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
${['submissions', 'reports', 'attempts', 'overrides', 'manual', 'publications', 'log'].map(appendOnly).join('')}`;

export const migrations: readonly string[] = [first];
