import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../house/modules.ts';

// Each family has a page of techniques and a page on adding one. They name files that are there, and all of them.

const families = readdirSync(join(root, 'lib/compress'));

describe.each(families)('the pages of %s', family => {
  const folder = join(root, 'lib/compress', family);
  const pages = readdirSync(folder).filter(name => name.endsWith('.md'));
  const linksOf = (page: string): string[] =>
    [...readFileSync(join(folder, page), 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(match => match[1] as string);
  const links = linksOf('README.md');
  const names = (path: string): boolean =>
    links.some(link => path === link || (!link.includes('.') && path.startsWith(`${link.replace(/\/$/, '')}/`)));

  it('name files that are there', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'ADDING.md']));
    expect(links.length).toBeGreaterThan(5);
    expect(pages.flatMap(linksOf).filter(path => !existsSync(join(folder, path)))).toEqual([]);
  });

  it('name every file that the library exports functions from', () => {
    const door = readFileSync(join(root, `lib/${family}.ts`), 'utf8');
    const exported = [...door.matchAll(new RegExp(`^export \\{[^}]*\\} from '\\./compress/${family}/([^']+)';`, 'gm'))].map(
      match => match[1] as string,
    );
    expect(exported.length).toBeGreaterThan(5);
    expect(exported.filter(file => !names(file))).toEqual([]);
  });

  it('name suites and folders that are there', () => {
    const page = readFileSync(join(folder, 'ADDING.md'), 'utf8');
    const suites = [...page.matchAll(/`([\w/-]+\.ts)`/g)].map(match => match[1] as string);
    const folders = [...page.matchAll(/`([\w/-]+\/)`/g)].map(match => match[1] as string);
    const known = (path: string): boolean => [folder, join(root, 'test/lib/compress', family), root].some(at => existsSync(join(at, path)));
    expect(suites.length).toBeGreaterThan(0);
    expect([...suites, ...folders].filter(path => !known(path))).toEqual([]);
  });
});
