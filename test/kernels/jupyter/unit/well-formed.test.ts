import { describe, expect, test } from 'vitest';
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

describe('a character cut between two writes arrives whole', () => {
  const [first, second] = ['😀'.slice(0, 1), '😀'.slice(1)];
  const bytes = (text: string, from: number, to?: number) => Buffer.from(text).subarray(from, to);
  /** Writes pieces to one cell; everything that arrived on each stream until it ended, and a late write. */
  const arrived = (pieces: (string | Uint8Array | ['stderr', string | Uint8Array] | 'display')[], late: string | Uint8Array = '') => {
    const texts = { stdout: '', stderr: '' };
    const output = createOutput((type, content) => {
      const { name, text } = sent(content) as { name: 'stdout' | 'stderr'; text: string };
      if (type === 'stream') texts[name] += text;
    });
    for (const piece of pieces) {
      if (piece === 'display') output.display({ data: { 'text/plain': 'x' } });
      else if (Array.isArray(piece)) output.write(...piece);
      else output.write('stdout', piece);
    }
    output.end();
    output.write('stdout', late);
    output.flush();
    return texts;
  };

  test.each<[string, Parameters<typeof arrived>, { stdout: string; stderr?: unknown }]>([
    ['halves of text', [['a', first, second, 'b']], { stdout: 'a😀b' }],
    ['halves with a display between them', [[first, 'display', second]], { stdout: '😀' }],
    ['halves with the other stream between them', [[first, ['stderr', 'e'], second]], { stdout: '😀', stderr: 'e' }],
    ['halves on both streams', [[first, ['stderr', first], second, ['stderr', second]]], { stdout: '😀', stderr: '😀' }],
    ['bytes of two, three and four', [['é', '€', '😀'].flatMap(c => [...Buffer.from(c)].map(b => Uint8Array.of(b)))], { stdout: 'é€😀' }],
    ['bytes with a display between them', [[bytes('€', 0, 1), 'display', bytes('€', 1)]], { stdout: '€' }],
    ['bytes that end in text', [[bytes('€', 0, 2), 'a']], { stdout: '\ufffda' }],
    ['half at the end', [['a', first]], { stdout: 'a\ufffd' }],
    ['bytes at the end', [['a', bytes('€', 0, 1)]], { stdout: 'a\ufffd' }],
    ['half after the end', [['a'], first], { stdout: 'a\ufffd' }],
    [
      'half before the limit',
      [['x'.repeat(1_999_999), '😀 and more']],
      { stdout: 'x'.repeat(1_999_999), stderr: expect.stringContaining('more than 2 MB') },
    ],
  ])('%s', (_, pieces, expected) => {
    expect(arrived(...pieces)).toEqual({ stderr: '', ...expected });
  });
});
