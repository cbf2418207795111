import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from './setup/context.mjs';
import { writeAtomic } from './setup/files.mjs';
import { findings } from './submit/findings.mjs';
import { pack } from './submit/pack.mjs';
import { notebookOf, SubmitError, workAt } from './submit/work.mjs';

const help = `npx tinylab submit LAB [--out FILE.zip] [--json]

  Packs a lab's notebook and deliverables into one file to hand in, and says what is missing.
  LAB is a lab's name such as 00-basics, or the path of its notebook.

  --out FILE   where to write it (LAB.zip in this folder)
  --json       print what was found as JSON

  Save the notebook first: what is not saved cannot be seen from here.
  Exit code: 0 packed, 1 packed but something is missing, 2 not packed.`;

const marks = { warning: '!', note: '·' };

function main() {
  const options = { out: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) return console.log(help);
  if (positionals.length !== 1) throw new SubmitError(`Expected one lab, got ${positionals.length}.\n\n${help}`);
  const work = workAt(notebookOf(projectRoot, positionals[0]), projectRoot);
  const found = findings(work);
  const { bytes, names } = pack(work);
  const out = resolve(values.out ?? `${work.lab}.zip`);
  write(out, bytes);
  if (values.json) console.log(JSON.stringify({ lab: work.lab, out, files: names, findings: found }, null, 1));
  else for (const line of lines(work, { out, names, found })) console.log(line);
  process.exitCode = found.some(({ kind }) => kind === 'warning') ? 1 : 0;
  return undefined;
}

function write(path, bytes) {
  try {
    writeAtomic(path, bytes);
  } catch (error) {
    throw new SubmitError(
      `${path} cannot be written: ${error.message}.\n  Name a place that you may write, and that has room: --out FILE.zip`,
    );
  }
}

function lines(work, { out, names, found }) {
  const saved = new Date(work.saved).toLocaleString();
  return [
    ...found.map(({ kind, about, text }) => `  ${marks[kind]} ${about}: ${text}`),
    `${out}: ${names.length - 1} ${names.length === 2 ? 'file' : 'files'}, the notebook as saved on ${saved}`,
    found.some(({ kind }) => kind === 'warning')
      ? 'Something is missing (!). You can hand in again after you mended it.'
      : 'Nothing is missing. Hand in this file.',
  ];
}

try {
  main();
} catch (error) {
  if (!(error instanceof SubmitError || error.code?.startsWith('ERR_PARSE_ARGS'))) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
