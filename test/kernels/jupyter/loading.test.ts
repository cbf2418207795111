import { expect, test } from 'vitest';
import { result, traceback, useKernel } from './kernel.ts';

const kernel = useKernel();

const types = (answer: { outputs: readonly { type: string }[] }) => answer.outputs.map(({ type }) => type);

test('a cell that is refused before it imports the library leaves nothing but its error', async () => {
  const answer = await kernel().execute("import { tf } from 'tinylab';\nnothing;");
  expect(types(answer)).toEqual(['execute_input', 'display_data', 'clear_output', 'error']);
});

test('the first import of the library says at once that it is being loaded, and nothing of it stays', async () => {
  const begin = performance.now();
  const code = "import { tf } from 'tinylab';\nconsole.log('loaded');\ntf.tensor([1]).shape";
  const { id, answer } = kernel().send('execute_request', { code, silent: false });
  const shown = () => kernel().published.find(({ type, parent }) => type === 'display_data' && parent.msg_id === id);
  while (!shown() && performance.now() - begin < 60_000) await new Promise(resolve => setTimeout(resolve, 10));
  const afterMs = performance.now() - begin;
  const loaded = await answer;
  const tookMs = performance.now() - begin;
  expect(shown()?.content.data).toEqual({ 'text/plain': 'Loading TinyLab …' });
  expect(afterMs, `shown after ${afterMs} of ${tookMs} ms`).toBeLessThan(Math.max(500, tookMs / 2));
  expect(types(loaded)).toEqual(['execute_input', 'display_data', 'clear_output', 'stream', 'execute_result']);
  expect(loaded.outputs[2]?.content).toEqual({ wait: false });
  expect([loaded.text(), result(loaded)], traceback(loaded)).toEqual(['loaded\n', '[ 1 ]']);
});

test('later imports say nothing', async () => {
  expect(types(await kernel().execute("import { array } from 'tinylab';"))).toEqual(['execute_input']);
});
