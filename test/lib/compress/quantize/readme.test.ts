import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../../house/modules.ts';

const folder = join(root, 'lib/compress/quantize');
const linksOf = (page: string): string[] =>
  [...readFileSync(join(folder, page), 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(match => match[1] as string);
const links = linksOf('README.md');

it.each(['README.md', 'NUMBERS.md', 'ADDING.md'])('%s names files that are there', page => {
  const named = linksOf(page);
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter(path => !existsSync(join(folder, path)))).toEqual([]);
});

it('the page of techniques names every folder, and every file that the library exports functions from', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter(name => !links.some(link => link === name || link.startsWith(`${name}/`)))).toEqual([]);
  const index = readFileSync(join(root, 'lib/quantize.ts'), 'utf8');
  const exported = [...index.matchAll(/^export \{[^}]*\} from '\.\/compress\/quantize\/([^']+)';/gm)].map(match => match[1] as string);
  expect(exported.length).toBeGreaterThan(40);
  expect(exported.filter(file => !links.some(link => file === link || (!link.includes('.') && file.startsWith(`${link}/`))))).toEqual([]);
});

it('the page on adding a technique names suites and folders that are there', () => {
  const page = readFileSync(join(folder, 'ADDING.md'), 'utf8');
  const suites = [...page.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(match => match[1] as string);
  const folders = [...page.matchAll(/`([\w/-]+\/)`/g)].map(match => match[1] as string);
  expect(suites.length).toBeGreaterThan(4);
  expect(suites.filter(file => !existsSync(join(root, 'test/lib/compress/quantize', file)))).toEqual([]);
  expect(folders.filter(path => !existsSync(join(folder, path)) && !existsSync(join(root, path)))).toEqual([]);
});
