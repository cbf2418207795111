import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../base/project.ts';
import { writeWhole } from '../base/write-whole.ts';
import { studentBundle } from './bundle/bundle.ts';
import { projectPaths } from './bundle/files.ts';
import type { GateReport } from './gate.ts';
import { kept } from './given-files.ts';
import { type LabFiles, readText } from './lab-files.ts';
import { contentHash } from './version.ts';

/** Hash of everything that decides whether a lab may go out: what ships, the solution, what graders keep, and the grader itself. */
export function gateKey(lab: LabFiles): string {
  const secret = lab.secret === lab.folder ? [...kept] : readdirSync(lab.secret, { recursive: true, encoding: 'utf8' });
  const ofGraders = secret.map(name => join(lab.secret, name)).filter(path => statSync(path, { throwIfNoEntry: false })?.isFile());
  const grader = ['base', 'collect', 'lab', 'run', 'release', 'data'].flatMap(folder => projectPaths(`labs-grading/${folder}`, () => true));
  return contentHash([
    ...studentBundle(lab).map(({ path, content }) => [path, content] as const),
    ...[lab.source, ...ofGraders.sort()].map(path => [path, readText(path)] as const),
    ...grader.map(path => [path, readFileSync(join(projectFolder, path))] as const),
  ]);
}

const place = (key: string): string => join(projectFolder, '.tinylab/gate', `${key}.json`);

/** The report of a gate that this very content passed, if there was one. */
export function passedBefore(key: string): GateReport | undefined {
  try {
    return JSON.parse(readFileSync(place(key), 'utf8')) as GateReport;
  } catch {
    return undefined;
  }
}

/** Keeps the report of a gate that was passed, in the project's own state: nothing there ships. */
export function remember(key: string, report: GateReport): void {
  if (report.ok) writeWhole(place(key), `${JSON.stringify(report, null, 1)}\n`);
}
