import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labFiles } from '../../../labs-grading/release/lab-files.ts';
import { solutionNotebook, studentNotebook } from '../../../labs-grading/release/student.ts';

const project = join(import.meta.dirname, '../../..');
const source = join(project, 'notebooks/00-basics');
/** First cell that needs something handed in: measured latencies, and then a trained net. A Python notebook has no counterpart of either. */
const firstDeliverable = 'energy-check_2';

/** One notebook of a class, by the student's id. */
export type ClassOfNotebooks = ReadonlyMap<string, string>;

interface Notebook {
  cells: { id: string; cell_type: string; source: string | string[]; metadata: { nbgrader?: { grade_id: string; solution: boolean } } }[];
}

function shortened(text: string): Notebook {
  const notebook = JSON.parse(text) as Notebook;
  const end = notebook.cells.findIndex(({ id }) => id === firstDeliverable);
  return { ...notebook, cells: notebook.cells.slice(0, end) };
}

/** Lab 00 without its last two questions, in a folder of its own below `root`, which must lie in the project. */
export function writeLab(root: string): string {
  const folder = join(root, '00-basics');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(folder, '00-basics.ipynb'), JSON.stringify(shortened(studentNotebook(labFiles('00-basics')))));
  cpSync(join(source, 'formulas.ts'), join(folder, 'formulas.ts'));
  const checks = readFileSync(join(source, 'checks.ts'), 'utf8');
  const last = checks.indexOf("  question('latency'");
  writeFileSync(join(folder, 'checks.ts'), `${checks.slice(0, last)}]);\n`);
  return folder;
}

/**
 * Solutions of a class. In a distinct class each answer cell is the student's own (it declares a name that nobody else has, so nothing after
 * it can be taken over from others); otherwise the answers are those of one of `variants` students.
 */
export function classOf(students: number, variants: number = students): ClassOfNotebooks {
  const solved = shortened(solutionNotebook(labFiles('00-basics')));
  const notebook = (student: number): string => {
    const answers = (student % variants) + 1;
    const cells = solved.cells.map(cell => {
      const { nbgrader } = cell.metadata;
      if (!nbgrader?.solution) return cell;
      const own = `const own_${nbgrader.grade_id.replaceAll('-', '_')}_${answers} = ${answers};`;
      return { ...cell, source: `${[cell.source].flat().join('')}\n${own}\n` };
    });
    return JSON.stringify({ ...solved, cells, metadata: { student } });
  };
  return new Map(Array.from({ length: students }, (_, i) => [`student-${String(i + 1).padStart(3, '0')}`, notebook(i)]));
}
