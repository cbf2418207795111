import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../base/write-whole.ts';
import { contentHash } from '../release/version.ts';
import type { Figures } from './figures.ts';
import { type LabToMutate, labToMutate } from './lab-to-mutate.ts';
import { stateFolder } from './record.ts';

/** Hash of what the figures of a lab are about: its cells with solutions, its checks, its right answers in other styles. */
const keyOf = ({ key, cells, styles }: LabToMutate): string =>
  contentHash([
    ['lab', key],
    ['cells', JSON.stringify(cells.map(({ source }) => source))],
    ['styles', JSON.stringify(styles)],
  ]);

const place = (lab: LabToMutate): string => join(stateFolder(lab.files.id), 'figures.json');

/** Keeps the figures of a whole lab, in the project's own state. */
export function keepFigures(lab: LabToMutate, figures: Figures): void {
  writeWhole(place(lab), `${JSON.stringify({ key: keyOf(lab), figures }, null, 1)}\n`);
}

/** The figures that were measured for this very content, if they were. @throws GraderError when the lab cannot be read. */
export async function measuredFigures(id: string): Promise<Figures | undefined> {
  const lab = await labToMutate(id);
  try {
    const { key, figures } = JSON.parse(readFileSync(place(lab), 'utf8')) as { key: string; figures: Figures };
    return key === keyOf(lab) ? figures : undefined;
  } catch {
    return undefined;
  }
}
