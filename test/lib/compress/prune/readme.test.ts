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
  const index = readFileSync(join(root, 'lib/prune.ts'), 'utf8');
  const exported = [...index.matchAll(/^export \{[^}]*\} from '\.\/compress\/prune\/([^']+)';/gm)].map(match => match[1] as string);
  expect(exported.length).toBeGreaterThan(40);
  expect(exported.filter(file => !links.some(link => file === link || (!link.includes('.') && file.startsWith(link))))).toEqual([]);
});

it('the page on adding a technique names suites and folders that are there', () => {
  const page = readFileSync(join(folder, 'ADDING.md'), 'utf8');
  const suites = [...page.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(match => match[1] as string);
  const folders = [...page.matchAll(/`([\w/]+\/)`/g)].map(match => match[1] as string);
  expect(suites.length).toBeGreaterThan(4);
  expect(suites.filter(file => !existsSync(join(root, 'test/lib/compress/prune', file)))).toEqual([]);
  expect(folders.filter(path => !existsSync(join(folder, path)) && !existsSync(join(root, path)))).toEqual([]);
});
