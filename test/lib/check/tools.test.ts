import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { question } from 'tinylab';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findTools, forgetMissingTools, missingTools } from '../../../lib/check/tools.ts';
import { checkCard, labCard } from '../../../lib/notebook/card.ts';
import { nbgraderCard, validated } from '../../../lib/notebook/nbgrader.ts';
import { displaySymbol } from '../../../lib/tensor/host.ts';
import { ask } from './scope.ts';

const root = mkdtempSync(join(tmpdir(), 'tinylab-tools-'));
const path = process.env.PATH;
afterAll(() => {
  process.env.PATH = path;
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  process.env.PATH = [root, path].join(delimiter);
});

let made = 0;
/** A program that never was, under a name of its own; without a script there is none. */
function tool(script?: string): string {
  const name = `tinylab-made-up-${++made}`;
  if (script !== undefined) install(name, script);
  return name;
}
function install(name: string, script: string): void {
  writeFileSync(join(root, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, name), 0o755);
}

describe('a tool', () => {
  it('is what answers to --version on the PATH', async () => {
    const one = tool('[ "$1" = --version ] && echo && printf "made up \\033[1m1.2\\n(c) nobody\\n"');
    const quiet = tool('echo "on stderr 3" >&2');
    expect(await findTools([one, quiet])).toEqual([
      { name: one, version: 'made up  [1m1.2' },
      { name: quiet, version: 'on stderr 3' },
    ]);
  });

  it('is missing where it is not there, is a folder, or cannot run, and says why', async () => {
    const [none, broken, folder, plain] = [tool(), tool('echo "no libfoo.so" >&2; exit 127'), tool(), tool('echo 1')];
    mkdirSync(join(root, folder));
    chmodSync(join(root, plain), 0o644);
    expect(await missingTools([none, broken, folder, plain])).toMatchObject([
      { name: none, why: `${none} is not on the PATH`, get: expect.stringContaining(`${none} --version`) },
      { name: broken, why: 'no libfoo.so' },
      { name: folder },
      { name: plain },
    ]);
  });

  it('is asked once; what was missing can be looked for again', async () => {
    const name = tool();
    expect(await missingTools([name])).toHaveLength(1);
    install(name, `echo run >> ${join(root, `${name}.log`)}; echo 1`);
    expect(await missingTools([name]), 'as it was').toHaveLength(1);
    await forgetMissingTools();
    expect(await findTools([name, name])).toMatchObject([{ version: '1' }, { version: '1' }]);
    install(name, 'echo 2');
    await forgetMissingTools();
    expect(await findTools([name])).toMatchObject([{ version: '1' }]);
  });

  it('may be a module of Python', async () => {
    const python = (body: string): void => install('python3', body);
    python('echo "this Python has no module torch" >&2; exit 1');
    const [found] = await findTools(['torch']);
    expect(found).toMatchObject(
      found?.version === undefined
        ? { why: expect.stringMatching(/no module torch/), get: expect.stringContaining('pip install torch') }
        : { version: expect.stringMatching(/^torch \d/) },
    );
    rmSync(join(root, 'python3'));
  });
});

describe('a question that needs a tool', () => {
  const asked = (...tools: string[]) => {
    let bodies = 0;
    const body = question('deploy', { points: 5, title: 'Deploy', uses: ['answer'], tools }, async q => {
      bodies++;
      await q.number('answer', 42);
    });
    return ask(body, { answer: 42 }).then(report => ({ report, bodies }));
  };

  it('is asked where the tool is', async () => {
    expect(await asked(tool('echo 1'))).toMatchObject({ report: { state: 'passed', score: 5 }, bodies: 1 });
  });

  it('is not asked where one is missing, and says what is and what to do', async () => {
    const name = tool();
    const { report, bodies } = await asked(tool('echo 1'), name);
    expect(bodies).toBe(0);
    expect(report).toMatchObject({ state: 'tool missing', score: 0, points: 5, items: [], missingTools: [{ name }] });
    const { 'text/plain': text, 'text/html': html } = checkCard(report)[displaySymbol]();
    expect(text).toMatch(
      new RegExp(`^• Deploy: – / 5 points \\(tool missing\\)\\n.*needs ${name}, and ${name} is not on the PATH\\. Install`),
    );
    expect(text).toMatch(/hand in as usual/);
    expect(html).toContain(`needs ${name}`);
    expect(html).not.toMatch(/✗|0 \/ 5/);
    const lab = labCard({ lab: 'l', points: 5, score: 0, questions: [report] })[displaySymbol]();
    expect(lab['text/plain']).toContain('• Deploy: – / 5 points (tool missing)');
    for (const card of [nbgraderCard, validated]) expect(() => card(report)).toThrow(new RegExp(`needs ${name}`));
  });

  it('names tools, not paths or options', () => {
    for (const name of ['/bin/sh', '../x', '--help', '', 'a b', 'x;y'])
      expect(() => question('q', { points: 1, uses: ['a'], tools: [name] }, () => {}), name).toThrow(
        /tools has names of programs or modules/,
      );
  });
});
