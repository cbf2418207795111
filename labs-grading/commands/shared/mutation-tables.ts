import Table from 'cli-table3';
import { type Counts, type Figures, percent } from '../../mutate/figures.ts';

/** How many wrong answers made by rule were caught, and how many told their mistake. */
export const madeLine = ({ total, caught, hinted }: Counts): string =>
  `wrong answers made by rule: ${caught} of ${total} caught (${percent(caught, total)}), ${hinted} with a hint that names the mistake (${percent(hinted, total)})`;

/** The figures in one line each: what was caught, what was refused. */
export function summaryLines(figures: Figures): string[] {
  const { passed, accepted, styles } = figures;
  const right = styles.total - styles.refused.length;
  return [
    madeLine(figures),
    `  ${passed.length} get through${accepted.length > 0 ? `, ${accepted.length} more are accepted (survivors.json)` : ''}`,
    `right answers in other styles: ${right} of ${styles.total} have full marks`,
  ];
}

/** All figures as text: tables by rule and by question, then what gets through and what is refused. */
export function figureLines(figures: Figures): string[] {
  const { byOperator, byQuestion, passed, noProgram, same, byOutcome, styles, lab } = figures;
  return [
    table('rule', byOperator),
    table('question', byQuestion),
    ...passed.map(({ question, operator, diff }) => `\ngets through: ${question}, ${operator}\n${diff}`),
    ...styles.refused.map(({ question, name, why }) => `\nrefused: ${question}, ${name}: ${why}`),
    `\n${lab}`,
    ...summaryLines(figures),
    `thrown away: ${noProgram} that do not compile, ${same} that answer as the lab's own does`,
    ...(byOutcome.length > 0 ? [`only the outcome could be compared: ${byOutcome.join(', ')}`] : []),
  ];
}

function table(what: string, rows: Readonly<Record<string, Counts>>): string {
  const made = new Table({
    head: [what, 'made', 'caught', 'hint'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right'],
  });
  for (const [name, { total, caught, hinted }] of Object.entries(rows)) made.push([name, total, caught, hinted]);
  return made.toString();
}
