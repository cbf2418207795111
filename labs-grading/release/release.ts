import { join } from 'node:path';
import { releasedName } from '../../scripts/notebook/reader.mjs';
import { writeChanged } from '../base/write-whole.ts';
import { studentBundle } from './bundle/bundle.ts';
import { writeFolder, writeZip } from './bundle/write.ts';
import { type GateOptions, type GateReport, gate } from './gate.ts';
import { gateKey, passedBefore, remember } from './gate-record.ts';
import { type LabFiles, labFiles } from './lab-files.ts';
import { addToNbgraderCourse } from './nbgrader-course.ts';
import { studentNotebook } from './student.ts';
import { labVersion } from './version.ts';

/** Where a released lab goes: a student's folder, the same as an archive, a course of nbgrader. */
export interface ReleaseTargets {
  readonly out?: string;
  readonly zip?: string;
  readonly nbgrader?: string;
}

/** The student notebook of a lab, with the version it is of. */
export const releasedNotebook = (lab: LabFiles): string => studentNotebook(lab, { lab: lab.id, version: labVersion(lab) });

/** Writes the student notebook beside lab.ts, and a copy that nobody writes into; false when both are there already. @throws GraderError when lab.ts cannot be read. */
export function writeNotebook(lab: string): boolean {
  const files = labFiles(lab);
  const notebook = releasedNotebook(files);
  const changed = [files.notebook, join(files.folder, releasedName)].map(path => writeChanged(path, notebook));
  return changed.includes(true);
}

/** Asks the gate, and remembers when it lets the lab out. */
export async function askGate(lab: string, options: GateOptions = {}): Promise<GateReport> {
  const report = await gate(lab, options);
  if (report.ok && report.question === undefined) remember(gateKey(labFiles(lab)), report);
  return report;
}

/**
 * Writes what students get, if the gate lets the lab out: asked now, unless the same content passed it before. A refused lab leaves nothing.
 * @throws GraderError when the target exists.
 */
export async function releaseLab(lab: string, targets: ReleaseTargets, options: GateOptions = {}): Promise<GateReport> {
  const files = labFiles(lab);
  const before = passedBefore(gateKey(files));
  if (before) options.onStep?.('this very content passed the gate before');
  const report = before ?? (await askGate(lab, options));
  if (!report.ok) return report;
  if (targets.nbgrader !== undefined) addToNbgraderCourse(files, targets.nbgrader);
  if (targets.out === undefined && targets.zip === undefined) return report;
  const bundle = studentBundle(files);
  if (targets.out !== undefined) writeFolder(bundle, targets.out);
  if (targets.zip !== undefined) await writeZip(bundle, targets.zip, files.id);
  return report;
}
