import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as tinylab from 'tinylab';
import { describe, expect, it } from 'vitest';
import { exportedTypes } from './house/exported-types.ts';
import { filesBelow, root } from './house/modules.ts';

interface Documented {
  readonly file: string;
  readonly name: string;
  readonly comment: string;
}

const declaration = /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)?[ \t]*\r?\n?^export (?:async )?(?:function\*?|const|class) (\w+)/gm;

const exported: readonly Documented[] = filesBelow(['lib'], ['.ts']).flatMap(file =>
  [...readFileSync(join(root, file), 'utf8').matchAll(declaration)].map(match => ({
    file,
    name: match[2] as string,
    comment: match[1] ?? '',
  })),
);
/** Every export, behind whichever door it stands. */
const everywhere: Readonly<Record<string, unknown>> = {
  ...tinylab.deploy,
  ...tinylab.inspect,
  ...tinylab.prune,
  ...tinylab.quantize,
  ...tinylab.search,
  ...tinylab.sparse,
  ...tinylab,
};
const names = new Set(Object.keys(everywhere));
const examples = exported.flatMap(({ file, name, comment }) =>
  [...comment.matchAll(/@example\s*\n([\s\S]*?)(?=\n\s*\* @|\*\/)/g)].map(match => ({ file, name, code: unstarred(match[1] as string) })),
);

function unstarred(text: string): string {
  return text
    .replace(/^\s*\* ?/gm, '')
    .replace(/^```.*$/gm, '')
    .trim();
}

/** A line `expression; // → value` becomes a comparison of both. */
function executable(code: string): string {
  return stripTypeScriptTypes(`async () => {\n${code.replace(/^(.*?);?\s*\/\/ → (.+)$/gm, 'same($1, $2);')}\n}`);
}

/** Types that are bare still, or have options without a line of their own. The list only ever gets shorter. */
const bareTypes: readonly string[] = [
  'PoolOptions',
  'ConvOptions',
  'DepthwiseOptions',
  'TransposeOptions',
  'DenseOptions',
  'LeNetOptions',
  'MlpOptions',
  'MobileNetV1Options',
  'MobileNetV2Options',
  'ResNet8Options',
  'VggOptions',
  'RefreshOptions',
  'Episode',
];

describe('public documentation', () => {
  it('covers every exported function', () => {
    const bare = exported.filter(({ name, comment }) => names.has(name) && comment.length < 20);
    expect(exported.length).toBeGreaterThan(30);
    expect(bare.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
  });

  it('covers every exported type, and every field of options', () => {
    const types = exportedTypes('lib/index.ts');
    const needed = types.filter(({ type, field }) => field === undefined || type.endsWith('Options'));
    expect(types.filter(({ field }) => field === undefined).length).toBeGreaterThan(150);
    expect(needed.filter(({ field }) => field !== undefined).length).toBeGreaterThan(100);
    const bare = needed.filter(({ documented }) => !documented);
    const unexpected = bare.filter(({ type }) => !bareTypes.includes(type));
    expect(unexpected.map(({ file, type, field }) => `${file}: ${type}${field ? `.${field}` : ''}`)).toEqual([]);
    expect(
      bareTypes.filter(type => !bare.some(found => found.type === type)),
      'has its lines now: take it off the list',
    ).toEqual([]);
  });

  it('names an error code wherever it says @throws', () => {
    const vague = exported.filter(
      ({ comment }) => /@throws/.test(comment) && !/@throws\s+(\{?LabError\}?)\s+`[\w-]+\/[\w-]+`/.test(comment),
    );
    expect(vague.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
  });

  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  it.each(examples)('the example of $name runs', async ({ code }) => {
    const same = (got: unknown, expected: unknown): void => {
      if (!isDeepStrictEqual(got, expected)) expect(got).toEqual(expected);
    };
    const scope = { ...everywhere, same };
    const run = new Function(...Object.keys(scope), `return (${executable(code)})();`) as (...values: unknown[]) => Promise<void>;
    await run(...Object.values(scope));
  });
});
