import { describe, expect, test } from 'vitest';
import { host, outputs, result, sleep, traceback, useKernel } from './kernel.ts';

const kernel = useKernel();

describe('streams', () => {
  test('100,000 lines in one synchronous stretch all arrive, once and in order', async () => {
    const answer = await kernel().execute('for (let i = 0; i < 100_000; i++) console.log(`line ${i}`);');
    expect(answer.reply.status).toBe('ok');
    const lines = answer.text().split('\n');
    expect(lines.length).toBe(100_001);
    expect(lines.findIndex((line, i) => line !== `line ${i}`)).toBe(100_000);
    expect(answer.outputs.length).toBeLessThan(500);
  });

  test('2 MB, then one notice', async () => {
    const answer = await kernel().execute("for (let i = 0; i < 400; i++) console.log('x'.repeat(9_999));\n'end'");
    expect(answer.text().length).toBe(2_000_000);
    expect(answer.text('stderr').match(/printed more than 2 MB/g)?.length).toBe(1);
    expect(result(answer)).toBe("'end'");
    expect((await kernel().execute("console.log('again')")).text()).toBe('again\n');
  });

  test('order between stdout, stderr and displays holds', async () => {
    const answer = await kernel().execute(`console.log(1); console.error(2); ${host}.display({ 'text/plain': '3' }); console.log(4); 5`);
    const seen = answer.outputs.map(({ type, content }) => (type === 'stream' ? content.text.trim() : content.data?.['text/plain']));
    expect(seen).toEqual([undefined, '1', '2', '3', '4', '5']);
  });

  test('late output goes to the cell that started it', async () => {
    const { id, answer } = kernel().send('execute_request', { code: "setTimeout(() => console.log('late'), 150); 1", silent: false });
    await answer;
    const next = await kernel().execute('await new Promise(r => setTimeout(r, 400)); 2');
    expect(next.text()).toBe('');
    expect(
      kernel()
        .published.filter(({ parent, type }) => type === 'stream' && parent.msg_id === id)
        .map(({ content }) => content.text),
    ).toEqual(['late\n']);
  });

  test('a character that is split over two writes', async () => {
    const answer = await kernel().execute(
      "const bytes = Buffer.from('é'); process.stdout.write(bytes.subarray(0, 1)); process.stdout.write(bytes.subarray(1)); 0",
    );
    expect(answer.text()).toBe('é');
  });
});

describe('display', () => {
  test('a result that throws when it is looked at is shown all the same, and the cell goes well', async () => {
    const answer = await kernel().execute("const closed = new Proxy({ a: 1 }, { get() { throw new Error('no'); } });\nclosed");
    expect([answer.reply.status, result(answer)]).toEqual(['ok', '{ a: 1 }']);
  });

  test('bundles of several types, replaced by their id from a later cell', async () => {
    const first = await kernel().execute(
      `${host}.display({ 'text/html': '<b>1</b>', 'text/plain': '1' }, { id: 'shown', metadata: { a: 1 } })`,
    );
    const expected = { data: { 'text/html': '<b>1</b>', 'text/plain': '1' }, metadata: { a: 1 }, transient: { display_id: 'shown' } };
    expect(outputs(first, 'display_data')).toEqual([expected]);
    const second = await kernel().execute(`${host}.display({ 'text/plain': '2' }, { id: 'shown', update: true })`);
    expect(outputs(second, 'update_display_data')[0]).toMatchObject({ data: { 'text/plain': '2' }, transient: { display_id: 'shown' } });
  });

  test('updates come at most ten times a second, and the last one always', async () => {
    const code = `${host}.display({ 'text/plain': '0' }, { id: 'bar' });
for (let i = 1; i <= 100; i++) { ${host}.display({ 'text/plain': String(i) }, { id: 'bar', update: true }); await new Promise(r => setTimeout(r, 5)); }`;
    const updates = outputs(await kernel().execute(code), 'update_display_data');
    expect(updates.at(-1)?.data['text/plain']).toBe('100');
    expect(updates.length).toBeGreaterThan(2);
    expect(updates.length).toBeLessThan(50);
  });

  test('clear_output', async () => {
    const answer = await kernel().execute(`console.log('old'); ${host}.clearOutput(true); console.log('new')`);
    expect(answer.outputs.map(({ type, content }) => [type, content.wait ?? content.text])).toEqual([
      ['execute_input', undefined],
      ['stream', 'old\n'],
      ['clear_output', true],
      ['stream', 'new\n'],
    ]);
  });

  test('the last expression: own display, tables, arrays, anything else; nothing for undefined', async () => {
    const own = await kernel().execute(
      "({ [Symbol.for('Jupyter.display')]: async () => ({ 'application/json': { a: 1 }, 'text/plain': 'a' }) })",
    );
    expect(outputs(own, 'execute_result')[0]?.data).toEqual({ 'application/json': { a: 1 }, 'text/plain': 'a' });
    expect(result(await kernel().execute("({ a: [1, 'x'], b: new Map([[1, 2]]) })"))).toBe("{ a: [ 1, 'x' ], b: Map(1) { 1 => 2 } }");
    expect(outputs(await kernel().execute('void 0'), 'execute_result')).toEqual([]);
    expect(result(await kernel().execute('null'))).toBe('null');
    const failing = await kernel().execute("({ [Symbol.for('Jupyter.display')]() { throw new Error('cannot draw'); } })");
    expect(failing.reply).toMatchObject({ status: 'error', evalue: 'cannot draw' });
    expect(traceback(failing)).toContain('cannot draw');
  });

  test('an arquero table becomes an HTML table with its count', async () => {
    const table = await kernel().execute(
      "import 'tinylab';\nimport * as aq from 'arquero';\naq.table({ n: Array.from({ length: 1000 }, (_, i) => i), tag: Array(1000).fill('<i>') })",
    );
    const { data } = outputs(table, 'execute_result')[0] as { data: Record<string, string> };
    expect(data['text/html']).toContain('1000 rows, 20 shown');
    expect(data['text/html']).toContain('&lt;i&gt;');
    expect(data['text/html']?.match(/<tr>/g)?.length).toBe(1 + 10 + 1 + 10);
    expect(data['text/plain']).toContain('999');
  });
});

describe('answers', () => {
  test('completion has right offsets after an emoji', async () => {
    const code = "'😀😀'; Math.sqr";
    const { reply } = await kernel().request('complete_request', { code, cursor_pos: [...code].length });
    expect(reply).toMatchObject({ matches: ['sqrt', 'SQRT1_2', 'SQRT2'], cursor_start: 11, cursor_end: 14 });
  });

  test('inspection shows signature and documentation of a name from an earlier cell', async () => {
    await kernel().execute('/** Twice as much. */\nfunction twice(x: number): number { return 2 * x; }');
    const { reply } = await kernel().request('inspect_request', { code: 'twice(1)', cursor_pos: 3, detail_level: 0 });
    expect(reply).toMatchObject({ status: 'ok', found: true });
    expect(reply.data['text/plain']).toContain('function twice(x: number): number');
  });

  test('inspection among the arguments of a call shows its signature', async () => {
    const { reply } = await kernel().request('inspect_request', { code: 'twice(', cursor_pos: 6, detail_level: 0 });
    expect(reply.data['text/plain']).toMatch(/^twice\(x: number\): number\n\n→ x: number\n\nTwice as much\./);
  });

  test('`name?` opens the pager', async () => {
    const { reply } = await kernel().execute('twice?');
    expect(reply.payload).toMatchObject([{ source: 'page', start: 0 }]);
    expect(reply.payload[0].data['text/plain']).toContain('Twice as much.');
  });

  test('user_expressions may be names', async () => {
    await kernel().execute('const asked = [1];');
    const { reply } = await kernel().execute('0', { user_expressions: { a: 'asked', b: 'missing' } });
    expect(reply.user_expressions).toMatchObject({ a: { status: 'ok', data: { 'text/plain': '[ 1 ]' } }, b: { status: 'error' } });
  });

  test('user_expressions are evaluated after the cell, with its names, and a promise is waited for', async () => {
    const asked = {
      sum: 'base + 1',
      literal: '{ base, twice: 2 * base }',
      later: 'new Promise<number>(resolve => setTimeout(() => resolve(base), 20))',
      awaited: 'await Promise.resolve(-base)',
      shown: "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>' }) })",
      nothing: 'undefined',
    };
    const { reply } = await kernel().execute('let base = 41;\nbase++;', { user_expressions: asked });
    const data = Object.fromEntries(Object.entries<{ data: object }>(reply.user_expressions).map(([key, answer]) => [key, answer.data]));
    expect(data).toEqual({
      sum: { 'text/plain': '43' },
      literal: { 'text/plain': '{ base: 42, twice: 84 }' },
      later: { 'text/plain': '42' },
      awaited: { 'text/plain': '-42' },
      shown: { 'text/html': '<b>x</b>' },
      nothing: { 'text/plain': 'undefined' },
    });
  });

  test('what goes wrong with a user expression is the answer to that one, and declares nothing', async () => {
    const asked = {
      thrown: 'refuse()',
      rejected: "Promise.reject(new TypeError('late'))",
      mistyped: 'refuse().length',
      statement: 'const declared = 1',
      several: '1; 2',
      open: '(1',
      fine: '1 + 1',
    };
    const cell = "function refuse(): number { throw new RangeError('no'); }";
    const { reply, outputs } = await kernel().execute(cell, { user_expressions: asked });
    expect(reply.status).toBe('ok');
    expect(outputs.filter(({ type }) => type === 'error')).toEqual([]);
    expect(reply.user_expressions).toMatchObject({
      thrown: { status: 'error', ename: 'RangeError', evalue: 'no' },
      rejected: { status: 'error', ename: 'TypeError', evalue: 'late' },
      mistyped: { status: 'error', ename: 'TypeScriptError', evalue: "Property 'length' does not exist on type 'number'. (line 1)" },
      statement: { status: 'error', ename: 'SyntaxError' },
      several: { status: 'error', ename: 'SyntaxError' },
      open: { status: 'error', ename: 'SyntaxError' },
      fine: { status: 'ok', data: { 'text/plain': '2' } },
    });
    expect(reply.user_expressions.thrown.traceback.join('\n')).toContain('refuse');
    expect((await kernel().execute('declared')).reply.status).toBe('error');
    expect((await kernel().execute('0', { user_expressions: { fine: 'typeof refuse' } })).reply.user_expressions.fine.status).toBe('ok');
  });

  test('a user expression that never ends is interrupted with its cell', async () => {
    const endless = kernel().execute('0', { user_expressions: { endless: '(() => { for (;;); })()' } });
    await sleep(1500);
    await kernel().interrupt();
    expect((await endless).reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect((await kernel().execute('1')).reply.status).toBe('ok');
  });

  test('comm_info, and a comm that nobody serves is closed', async () => {
    expect((await kernel().request('comm_info_request', {})).reply).toEqual({ status: 'ok', comms: {} });
    kernel().send('comm_open', { comm_id: 'c1', target_name: 'jupyter.widget', data: {} });
    await sleep(100);
    expect(kernel().published.some(({ type, content }) => type === 'comm_close' && content.comm_id === 'c1')).toBe(true);
  });

  test('lookup gives present values, also of the running cell', async () => {
    await kernel().execute('let seen = 1;');
    await kernel().execute('seen = 2;');
    const answer = await kernel().execute(
      `const here = 3;\n[${host}.lookup('seen'), ${host}.lookup('here'), ${host}.lookup('nowhere'), ${host}.lookup('later')]\nconst later = 1;`,
    );
    expect(answer.reply.status).toBe('ok');
    const values = await kernel().execute(`[${host}.lookup('seen').value, ${host}.lookup('later').value, ${host}.lookup('nowhere').found]`);
    expect(result(values)).toBe('[ 2, 1, false ]');
  });
});
