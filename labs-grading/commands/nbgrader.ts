import { relative } from 'node:path';
import type { Command } from 'commander';
import { problemLine } from '../base/problem.ts';
import { printable } from '../base/text.ts';
import { type NbgraderAssignment, readNbgraderCourse } from '../nbgrader/course.ts';

const help = `
Reads source/ASSIGNMENT/*.ipynb: roles, points, markers with any sign of a comment; metadata of versions 0 to 3.
Exit code: 0 every notebook can be used, 1 some cannot; each problem names file and cell.
A course for nbgrader from a lab of ours: npx tinylab release LAB --nbgrader DIR`;

/** Adds `tinylab nbgrader`. */
export function register(program: Command): void {
  program
    .command('nbgrader')
    .description('what an nbgrader course asks: assignments, graded cells, points, and what is wrong')
    .argument('<folder>', 'the course’s folder, the one with source/')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(tellCourse);
}

function tellCourse(folder: string, { json }: { json?: boolean }): void {
  const assignments = readNbgraderCourse(folder);
  process.stdout.write(json ? `${JSON.stringify(assignments, null, 1)}\n` : `${courseLines(assignments, folder).join('\n')}\n`);
  if (assignments.some(({ notebooks }) => notebooks.some(({ problems }) => problems.length > 0))) process.exitCode = 1;
}

/** The course as text. */
export function courseLines(assignments: readonly NbgraderAssignment[], folder: string): string[] {
  if (assignments.length === 0) return ['No notebook in source/.'];
  const lines = assignments.flatMap(({ name, notebooks }) => [
    `${name}: ${notebooks.reduce((sum, { points }) => sum + points, 0)} points`,
    ...notebooks.flatMap(({ file, questions, warnings, problems }) => [
      `  ${relative(folder, file)}`,
      ...questions.map(({ id, role, points }) => `    ${id.padEnd(30)} ${role.padEnd(7)} ${points}`),
      ...warnings.map(warning => `    warning: ${problemLine(warning)}`),
      ...problems.map(problem => `    refused: ${problemLine(problem)}`),
    ]),
  ]);
  return lines.map(printable);
}
