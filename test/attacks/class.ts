import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attack } from './attack.ts';
import { type Answers, notebookWith, rightNumbers, solutions } from './lab.ts';

export interface Honest {
  readonly id: string;
  readonly answers: Answers;
  readonly score: number;
}

/** Honest students: the first, the last, and one amid the attacks. No two have the same answers, so each is run. */
export const honest: readonly Honest[] = [
  { id: 's000-ada', answers: solutions, score: 10 },
  {
    id: 's255-ben',
    answers: { ...solutions, scale: 'const scale = (x: number[], by: number) => x.map(v => Math.round(v * by));' },
    score: 8,
  },
  { id: 's999-eve', answers: { ...solutions, answer: 'const answer = 42; // at last' }, score: 10 },
];

/** The name under which an attack is handed in; their order is that of the corpus. */
export const attacker = (index: number): string => `s${String(100 + 4 * index).padStart(3, '0')}`;

function handIn(folder: string, text: string): void {
  mkdirSync(join(folder, 'deliverables'), { recursive: true });
  writeFileSync(join(folder, 'attack-lab.ipynb'), text);
  writeFileSync(join(folder, 'deliverables/numbers.json'), rightNumbers);
}

/** Writes a class with these attacks among honest students; returns its folder. */
export function writeClass(attacks: readonly { readonly id: string; readonly attack: Attack }[]): string {
  const root = mkdtempSync(join(tmpdir(), 'tinylab-attacked-'));
  for (const { id, answers } of honest) handIn(join(root, id), notebookWith(answers));
  for (const { id, attack } of attacks) {
    const folder = join(root, id);
    handIn(folder, attack.notebook ?? notebookWith(attack.answers ?? solutions));
    attack.files?.({ folder, neighbour: join(root, 's000-ada') });
  }
  return root;
}
