import { expect, test } from 'vitest';
import { createOutput } from '../../../../kernels/jupyter/session/output.ts';
import { decode, encode } from '../../../../kernels/jupyter/wire/message.ts';

const sent = (content: unknown) =>
  decode(
    '',
    encode('', 'any', { content }).map(frame => Buffer.from(frame)),
  ).content;

test('half a character becomes U+FFFD in every string of a message, names included', () => {
  const half = '😀'.slice(0, 1);
  expect(sent({ text: `a${half}`, data: { [half]: ['😀'.slice(1), { deep: `${half}${half}😀` }] } })).toEqual({
    text: 'a\ufffd',
    data: { '\ufffd': ['\ufffd', { deep: '\ufffd\ufffd😀' }] },
  });
});

test('whole characters, escapes and texts that look like escapes stay', () => {
  const content = { text: 'é 😀 \u0000 \n " \\ud83d \\\\ud83d \u2028', list: [1, null, true] };
  expect(sent(content)).toEqual(content);
});

test('a character cut between two writes arrives whole', () => {
  const texts: string[] = [];
  const output = createOutput((_, content) => texts.push((content as { text: string }).text));
  for (const piece of ['a', '😀'.slice(0, 1), '😀'.slice(1), 'b', '😀'.slice(0, 1)]) output.write('stdout', piece);
  expect(texts.every(text => text.isWellFormed())).toBe(true);
  output.flush();
  expect(texts.join('')).toBe(`a😀b${'😀'.slice(0, 1)}`);
});
