import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../../house/modules.ts';

const folder = join(root, 'lib/compress/prune');
const links = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(match => match[1] as string);

it('the page of techniques names files that are there', () => {
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter(path => !existsSync(join(folder, path)))).toEqual([]);
});

it('and every file that the library exports functions from', () => {
  const index = readFileSync(join(root, 'lib/index.ts'), 'utf8');
  const exported = [...index.matchAll(/^export \{[^}]*\} from '\.\/compress\/prune\/([^']+)';/gm)].map(match => match[1] as string);
  expect(exported.length).toBeGreaterThan(50);
  expect(exported.filter(file => !links.some(link => file === link || (!link.includes('.') && file.startsWith(link))))).toEqual([]);
});
