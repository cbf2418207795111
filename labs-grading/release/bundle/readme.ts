import { shown } from '../../base/project.ts';
import type { LabFiles } from '../lab-files.ts';
import { labCells } from '../student.ts';
import type { BundleFile } from './file.ts';
import { madeFile } from './files.ts';

/** The lab's title: the first heading of its notebook. */
export function labTitle(lab: LabFiles): string {
  const headings = labCells(lab).flatMap(cell => (cell.type === 'markdown' ? (/^# (.+)$/m.exec(cell.source)?.slice(1) ?? []) : []));
  return headings[0] ?? lab.id;
}

/** README.md: what a student does with the folder. */
export function readmeFile(lab: LabFiles): BundleFile[] {
  const notebook = `notebooks/${lab.id}/${lab.id}.ipynb`;
  const text = `# ${labTitle(lab)}

You need Linux or macOS, Node 18 or newer with npm, and Python 3.10 or newer. Everything else is installed into this folder and your
cache folder, nothing into the rest of your machine.

    npm start        # opens JupyterLab; the first time it installs what is missing
    npm test         # runs your notebook from top to bottom and asks its checks

Work in \`${notebook}\`. Write your answers where a cell says \`YOUR CODE HERE\`; run the check below each of them as often as you
like. Leave the other cells as they are: when your work is graded, your answers are put into a fresh notebook.

Before you hand in, run \`npm test\`: it starts from nothing, as grading does. Then

    npx tinylab submit ${lab.id}

says what is missing and packs the file that you hand in: the notebook and what it delivered.

If something does not work, \`npx tinylab doctor\` says what is missing and how to mend it.
`;
  return [madeFile('README.md', text, shown(lab.source))];
}
