import { expect, it } from 'vitest';
import { nativeRungs } from '../../../lib/tensor/native.ts';
import { contract } from './contract.ts';
import { matmulSubject } from './matmul-subject.ts';

/** Every kernel, with what the contract must know of it. */
const subjects = { matmul: matmulSubject };

it('every kernel that is built keeps the contract', () => {
  expect(Object.keys(subjects)).toEqual(Object.keys(nativeRungs()));
});

for (const [kernel, subject] of Object.entries(subjects)) contract(kernel, subject);
