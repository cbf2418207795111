import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deliverableName, maximumDeliverableBytes, readRegular } from '../../collect/intake.ts';
import type { StudentGrade } from '../../gradebook/records.ts';

/** Students who handed in the same values, byte for byte. */
export interface EqualModels {
  readonly name: string;
  readonly students: readonly string[];
}

/** Handed-in models that two students or more have in common; the smallest groups, which say most, first. */
export function equalModels(students: readonly StudentGrade[]): EqualModels[] {
  const groups = new Map<string, { name: string; students: string[] }>();
  for (const { student, submission } of students) {
    for (const { name, digest } of submission ? modelsIn(join(submission.folder, 'deliverables')) : []) {
      const key = `${name}\0${digest}`;
      const group = groups.get(key) ?? { name, students: [] };
      group.students.push(student.id);
      groups.set(key, group);
    }
  }
  const equal = [...groups.values()].filter(group => group.students.length > 1);
  const order = (group: EqualModels): string => JSON.stringify([group.name, group.students]);
  return equal.sort((a, b) => a.students.length - b.students.length || (order(a) < order(b) ? -1 : 1));
}

/** The models of a folder with a hash of their values; a file that intake would refuse is passed over. */
function modelsIn(folder: string): { name: string; digest: string }[] {
  return filesOf(folder).flatMap(file => {
    try {
      const values = readRegular(join(folder, file), maximumDeliverableBytes);
      return [{ name: file.slice(0, -'.safetensors'.length), digest: createHash('sha256').update(values).digest('hex') }];
    } catch {
      return [];
    }
  });
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(file => deliverableName.test(file) && file.endsWith('.safetensors'))
      .sort();
  } catch {
    return [];
  }
}
