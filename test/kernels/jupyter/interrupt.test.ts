import { describe, expect, test } from 'vitest';
import { host, result, sleep, useKernel } from './kernel.ts';

const kernel = useKernel();

/** Runs a cell, interrupts it after a moment, and returns what came and how long the interrupt took. */
async function interrupted(code: string, afterMs = 400) {
  const answer = kernel().execute(code);
  await sleep(afterMs);
  const begin = performance.now();
  await kernel().interrupt();
  return { ...(await answer), tookMs: performance.now() - begin };
}

test('a cell that was sent while the kernel still makes itself ready', async () => {
  const { reply } = await interrupted('while (true) {}', 50);
  expect(reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
  expect(result(await kernel().execute('1 + 1'))).toBe('2');
});

describe('what had a value before an interrupt stays', () => {
  test.each([
    ['in a busy loop', 'while (true) {}'],
    ['in a wait', 'await new Promise(() => {});'],
    ['in a busy loop in a timer', 'await new Promise(() => setTimeout(() => { while (true) {} }, 10));'],
  ])('%s', async (_, code) => {
    await kernel().execute("let model = 'old'; let later = 'old';");
    await interrupted(`let model = [1, 2];\n${code}\nlet later = [3];`);
    expect(result(await kernel().execute('[model.length, later.slice(1)]'))).toBe("[ 2, 'ld' ]");
  });
});

describe('an interrupt ends', () => {
  test.each([
    ['a busy loop', 'while (true) {}'],
    ['a wait that never ends', 'await new Promise(() => {})'],
    ['a busy loop after an await', 'await new Promise(r => setTimeout(r, 10)); while (true) {}'],
    ['a busy loop in a timer', 'await new Promise(() => setTimeout(() => { while (true) {} }, 10))'],
    ['a busy loop in an immediate', 'await new Promise(() => setImmediate(() => { while (true) {} }))'],
    ['a loop that catches everything', 'while (true) { try { while (true) {} } catch {} }'],
  ])('%s', async (_, code) => {
    const { reply } = await interrupted(code);
    expect(reply).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect(result(await kernel().execute('1 + 1'))).toBe('2');
  });

  test('the same, many times over', async () => {
    for (let i = 0; i < 3; i++) expect((await interrupted('while (true) {}', 100)).reply.ename).toBe('Interrupted');
    expect(result(await kernel().execute('await new Promise(r => setTimeout(() => r(5), 10))'))).toBe('5');
  });
});

test('a loop in a timer of a cell that has ended can be interrupted, too', async () => {
  await kernel().execute('setTimeout(() => { while (true) {} }, 50); 0');
  await sleep(200);
  const next = kernel().execute('6 * 7');
  await sleep(100);
  await kernel().interrupt();
  // The cell behind the loop is the one that runs when the interrupt comes, or it waits in the socket: both are right.
  expect(['ok', 'error']).toContain((await next).reply.status);
  expect(result(await kernel().execute('6 * 7'))).toBe('42');
});

test('interrupted code is not heard of again', async () => {
  await interrupted("while (true) { await new Promise(r => setTimeout(r, 20)); console.log('zombie'); }");
  const before = kernel().published.length;
  await kernel().execute('await new Promise(r => setTimeout(r, 200))');
  expect(
    kernel()
      .published.slice(before)
      .filter(({ type }) => type === 'stream'),
  ).toEqual([]);
});

test('a cell that listens to the signal ends by itself, within the grace period', async () => {
  const code = `const signal: AbortSignal = ${host}.signal();
while (!signal.aborted) await new Promise(r => setTimeout(r, 20));
throw new Error('stopped at a safe point');`;
  const { reply, tookMs } = await interrupted(code);
  expect(reply).toMatchObject({ status: 'error', evalue: 'stopped at a safe point' });
  expect(tookMs).toBeLessThan(1000);
});

test('a cell that takes the signal and ignores it is ended after the grace period', async () => {
  const { reply, tookMs } = await interrupted(`${host}.signal(); await new Promise(() => {});`);
  expect(reply.ename).toBe('Interrupted');
  expect(tookMs).toBeGreaterThan(900);
});

test('repairs run after a termination, before the next cell', async () => {
  await kernel().execute(`let repairs = 0; const stop = ${host}.onTerminate(() => { repairs++; }); 0`);
  await interrupted('await new Promise(() => {})');
  expect(result(await kernel().execute('repairs'))).toBe('0');
  await interrupted('while (true) {}');
  expect(result(await kernel().execute('repairs'))).toBe('1');
  await kernel().execute('stop(); 0');
  await interrupted('while (true) {}');
  expect(result(await kernel().execute('repairs'))).toBe('1');
});

test('an interrupt when nothing runs does no harm', async () => {
  for (let i = 0; i < 3; i++) await kernel().interrupt();
  expect(result(await kernel().execute("'alive'"))).toBe("'alive'");
});

test('shutdown answers and ends the process, also in the middle of a loop', async () => {
  const { kernelArgv, KernelClient } = await import('../../../kernels/jupyter/client.ts');
  const { installKernel } = await import('./kernel.ts');
  const argv = kernelArgv(installKernel());
  const idle = await KernelClient.start(argv);
  expect((await idle.request('shutdown_request', { restart: false }, 'control')).reply).toEqual({ status: 'ok', restart: false });
  await idle.shutdown();
  expect(idle.process.exitCode).toBe(0);
  const busy = await KernelClient.start(argv);
  void busy.execute('while (true) {}');
  await sleep(2000);
  const { exitMs } = await busy.shutdown();
  expect(exitMs).toBeLessThan(4000);
  expect(busy.process.signalCode).toBe('SIGKILL');
});
