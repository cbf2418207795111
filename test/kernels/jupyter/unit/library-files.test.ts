import { afterAll, describe, expect, it } from 'vitest';
import { describe as inspected } from '../../../../kernels/jupyter/answers/names.ts';
import { createCellCompiler } from '../../../../kernels/jupyter/compile.ts';
import { withoutDocs } from '../../../../kernels/jupyter/compiler/docs.ts';

const compiler = createCellCompiler('notebooks');
afterAll(() => compiler.close());

const messages = (source: string) => compiler.convert('', source).diagnostics.map(({ message }) => message);
const documentation = (source: string) => inspected({ converter: compiler.converter, declarations: '' }, source, source.length);

describe('declarations without documentation', () => {
  it('keep every character but the stars that make documentation of a comment', () => {
    const text =
      '/** one */ declare const a: "/** not a comment */";\n/**/ // it\'s /** neither */\ntype B = `/**${string}`;\n/** @deprecated */ c';
    const found = withoutDocs(text);
    expect(found).toBe(text.replace('/** one', '/*  one'));
    expect(found.length).toBe(text.length);
  });

  it('get it back when a name is inspected, with what a base class says and with links', () => {
    expect(documentation("import { fit } from 'tinylab'; fit")).toMatch(/\(alias\) function fit[\s\S]*Trains a copy of `model`/);
    expect(documentation('class Mine extends Array<number> {}; new Mine().slice')).toContain('Returns a copy of a section of an array.');
    const inherited = documentation("import net from 'node:net'; declare const socket: net.Socket; socket.removeListener");
    expect(inherited).toContain('Removes the specified `listener`');
    expect(documentation("import fs from 'node:fs'; fs.readFileSync")).toMatch(/documentation of the asynchronous version[\s\S]*readFile/);
  });
});

describe("the types of Node's modules", () => {
  it.each([
    ["import http2 from 'node:http2'; const x: number = http2.connect('x');", /'ClientHttp2Session' is not assignable/],
    ["import { test } from 'node:test'; const x: number = test;", /is not assignable to type 'number'/],
    ["import inspector from 'inspector'; const x: number = new inspector.Session().post;", /"Schema\.getDomains"/],
    ["import { Session } from 'node:inspector/promises'; const x: number = new Session();", /'Session' is not assignable/],
    ["import { types } from 'util'; import { isMap } from 'node:util/types'; const x: number = isMap;", /not assignable to type 'number'/],
    ['const x: number = process.stdout;', /'WriteStream & \{ fd: 1; \}' is not assignable/],
    ["const x: number = fetch('x');", /'Promise<Response>' is not assignable/],
  ])('come with the first import, and globals without one: %s', (source, expected) => {
    expect(messages(source)).toEqual([expect.stringMatching(expected)]);
  });

  it('are not there for a name that is no module', () => {
    expect(messages("import x from 'node:nothing';")).toEqual([expect.stringContaining('Cannot find module')]);
  });
});
