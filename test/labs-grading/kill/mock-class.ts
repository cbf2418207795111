import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '../../../lib/tensor/random.ts';
import { cells, notebook, solutions, stubs } from '../fixtures/mini-lab/notebook.ts';

const answers = {
  add: [solutions.add, stubs.add, 'function add(a: number, b: number): number {\n  return a - b;\n}', 'const add = (a: number) => a;'],
  relu: [solutions.relu, stubs.relu, 'const relu = (x: tf.Tensor) => x;', 'const relu = (x: tf.Tensor): tf.Tensor => tf.abs(x);'],
  scale: [
    solutions.scale,
    stubs.scale,
    'const scale = (x: number[], by: number) => x.map(v => Math.round(v * by));',
    'let scale: number = "x";',
  ],
  answer: [solutions.answer, stubs.answer, 'const answer = 41;', 'process.exit(3);'],
} as const;

/** A class on the mini lab: solutions, stubs and known wrong answers in `distinct` mixtures. The same seed makes the same class. */
export function writeClass(folder: string, { students, distinct, seed }: { students: number; distinct: number; seed: number }): string {
  const rng = random(seed);
  const kinds = new Set<string>();
  while (kinds.size < distinct) {
    const choice = Object.entries(answers).map(([id, texts]) => [id, rng.next() < 0.4 ? texts[0] : texts[rng.int(0, texts.length - 1)]]);
    kinds.add(notebook(cells(Object.fromEntries(choice))));
  }
  const texts = [...kinds];
  for (let i = 0; i < students; i++) {
    const student = join(folder, `s${String(i).padStart(4, '0')}`);
    mkdirSync(student, { recursive: true });
    writeFileSync(join(student, 'mini-lab.ipynb'), texts[i < distinct ? i : rng.int(0, distinct - 1)] as string);
  }
  return folder;
}
