import { printable } from '../../base/text.ts';
import type { Graded } from '../../gradebook/grading/grade-class.ts';

/** Writes a line per graded submission, with the time that is left once some have been run. */
export function progress(say: (line: string) => void): (graded: Graded) => void {
  const start = performance.now();
  let run = 0;
  return ({ submission, report, reused, wallMs, done, total }) => {
    if (!reused) run++;
    const count = `[${String(done).padStart(String(total).length)}/${total}]`;
    const { cpuMs, compileCpuMs } = report.figures;
    const cost = reused ? 'as an equal submission' : `${seconds(wallMs)}, CPU ${seconds(cpuMs + compileCpuMs)}`;
    const left = run > 1 && done < total ? `  about ${duration(((performance.now() - start) / done) * (total - done))} left` : '';
    say(
      `${count} ${printable(submission.student)}  ${report.handIn ?? `${report.score}/${report.points}`}${waits(report)}  (${cost})${left}`,
    );
  };
}

/** Points for which a tool is missing here are not lost. */
function waits({ questions }: Graded['report']): string {
  const points = questions.reduce((sum, one) => sum + (one.state === 'tool missing' ? one.points : 0), 0);
  return points > 0 ? `, ${points} wait for a tool` : '';
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function duration(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
