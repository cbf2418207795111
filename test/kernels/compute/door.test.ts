import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { filesBelow, root } from '../../house/modules.ts';

interface Rule {
  readonly name: string;
  readonly files: readonly string[];
  readonly broken: (path: string, text: string) => boolean;
  /** A file that the rule must refuse, so that a rule which never fires is noticed. */
  readonly planted: readonly [path: string, text: string];
}

const included = (text: string): string[] => [...text.matchAll(/^\s*#\s*include\s*[<"]([^>"]+)[>"]/gm)].map(match => match[1] as string);
const cpp = filesBelow(['kernels/compute'], ['.cc', '.h']);
const folders = ['lib', 'kernels', 'labs-grading', 'notebooks', 'datasets', 'scripts'];

// headers of rungs: of all kernels, or of the kernel in whose folder they lie
const shared = cpp.filter(path => path.endsWith('.h') && !/\/(bindings\/.*|abi|ladders)\.h$/.test(path));

/** What bindings may use besides: Node's and TensorFlow's C interfaces, and lists that grow. */
const forBindings = /^(sys\/mman\.h|node_api\.h|tensorflow\/c\/\w+\.h|vector|initializer_list)$/;

const rules: readonly Rule[] = [
  {
    name: "native code is loaded in lib/tensor/native.ts only, TensorFlow's ahead in preload-thread.ts (and tried out by the steps of set-up that build it, and under sanitizers)",
    files: filesBelow(folders, ['.ts', '.mjs']),
    broken: (path, text) =>
      /@tinylab\/compute|\bdlopen\b|\.node['"`]\)/.test(text) &&
      ![
        'lib/tensor/native.ts',
        'lib/tensor/preload-thread.ts',
        'scripts/setup/steps/binding.mjs',
        'scripts/setup/steps/compute.mjs',
        'scripts/doctor/installed.mjs',
        'scripts/test/native.mjs',
      ].includes(path),
    planted: ['lib/measure/latency.ts', "createRequire(import.meta.url)('@tinylab/compute')"],
  },
  {
    name: 'kernels/compute includes only its own files, plain C headers and, in bindings, the C interfaces of Node and TensorFlow',
    files: cpp,
    broken: (path, text) =>
      included(text).some(
        name =>
          !(forBindings.test(name) ? isBinding(path) : /^(\.\.\/)?[\w-]+\.h$/.test(name)) ||
          (name.startsWith('../') && path.split('/').length < 4),
      ),
    planted: ['kernels/compute/matmul/3-packed.cc', '#include "../../../lib/tensor/shapes.h"'],
  },
  {
    // Compiled for more than every processor has: a function of a C++ header that lands here could be the copy that everybody else runs.
    name: 'a rung includes abi.h, intrinsics and what rungs share only',
    files: cpp.filter(path => /\/\d+-[\w-]+\.cc$/.test(path)),
    broken: (path, text) => {
      const own = shared.map(header => (dirname(header) === dirname(path) ? basename(header) : `../${basename(header)}`));
      return included(text).some(name => ![...own, '../abi.h', 'immintrin.h'].includes(name));
    },
    planted: ['kernels/compute/matmul/3-packed.cc', '#include <vector>'],
  },
  {
    name: 'what rungs share lies in a nameless namespace, so that each has its own copy',
    files: shared,
    broken: (_, text) => /\w/.test(text.replace(/^namespace \{$.*?^\} \/\/ namespace$/gms, '').replace(/^(#|\/\/).*$/gm, '')),
    planted: ['kernels/compute/requantize.h', '#pragma once\nnamespace {\n} // namespace\ninline int one() { return 1; }'],
  },
  {
    name: 'abi.h defines nothing',
    files: ['kernels/compute/abi.h'],
    broken: (_, text) => /\binline\b|\bstatic\b|\)\s*(const\s*)?\{/.test(text.replace(/\/\/.*$/gm, '')),
    planted: ['kernels/compute/abi.h', 'inline size_t area(MatmulShape s) { return s.m * s.n; }'],
  },
];

const isBinding = (path: string): boolean => path.startsWith('kernels/compute/bindings/');

it.each(rules)('$name', ({ files, broken, planted }) => {
  expect(broken(...planted), 'the planted violation is noticed').toBe(true);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter(path => broken(path, readFileSync(join(root, path), 'utf8')))).toEqual([]);
});

it('every kernel has a reference, and rungs that are numbered from 1', () => {
  const kernels = new Map<string, string[]>();
  for (const path of cpp) {
    const [, folder, file] = /^kernels\/compute\/(?!bindings)([^/]+)\/(.+)\.cc$/.exec(path) ?? [];
    if (folder && file) kernels.set(folder, [...(kernels.get(folder) ?? []), file]);
  }
  expect([...kernels.keys()]).toContain('matmul');
  for (const files of kernels.values()) {
    const numbers = files.flatMap(file => /^(\d+)-/.exec(file)?.[1] ?? []).map(Number);
    expect(files).toContain('reference');
    expect(numbers.toSorted((x, y) => x - y)).toEqual(numbers.map((_, i) => i + 1));
  }
});
