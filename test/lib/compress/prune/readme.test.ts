import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../../house/modules.ts';

const folder = join(root, 'lib/compress/prune');
const links = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(match => match[1] as string);

it('the page of techniques names files that are there', () => {
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter(path => !existsSync(join(folder, path)))).toEqual([]);
});

it('and every schedule', () => {
  const files = readdirSync(join(folder, 'schedule')).map(file => `schedule/${file}`);
  expect(files.filter(file => !links.includes(file))).toEqual([]);
});
