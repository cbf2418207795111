import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { printable } from '../base/text.ts';
import { writeChanged } from '../base/write-whole.ts';
import { defaultCourse } from '../collect/course.ts';
import { analyticsOf } from '../report/analytics/analytics.ts';
import { analyticsPage } from '../report/analytics/page.ts';
import { withLab } from './shared/opened-course.ts';

interface AnalyticsFlags {
  readonly course: string;
  readonly out?: string;
  readonly json?: boolean;
}

const help = `
Difficulty and discrimination of every question and check, reliability, the mistakes and errors that students share, time. For teaching
staff: the page names students and quotes checks. It shows the present grades, published or not.`;

/** Adds `tinylab analytics`. */
export function register(program: Command): void {
  program
    .command('analytics')
    .description('say how the questions of a lab did: too easy, too hard, broken, and what goes wrong')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with checks.ts and the notebook')
    .option('--out <file>', 'where to (default: COURSE/exports/LAB/analytics.html)')
    .option('--json', 'print the figures as JSON, and write no page')
    .option('--course <dir>', 'the course’s folder', defaultCourse)
    .addHelpText('after', help)
    .action(analytics);
}

async function analytics(id: string, flags: AnalyticsFlags): Promise<void> {
  await withLab({ lab: id, course: flags.course }, async ({ course, lab, grades }) => {
    const figures = analyticsOf(await grades());
    if (flags.json) return void process.stdout.write(`${JSON.stringify(figures, null, 1)}\n`);
    const path = resolve(flags.out ?? join(course.exports(lab.id), 'analytics.html'));
    writeChanged(path, analyticsPage(figures));
    for (const warning of figures.warnings) process.stdout.write(`${printable(warning)}\n`);
    process.stdout.write(`${path}: ${figures.students} students, ${figures.questions.length} questions.\n`);
  });
}
