import { afterEach, beforeEach, expect } from 'vitest';
import { tensorCount } from '../../../lib/tensor/scope.ts';

/** Makes every test of the file fail that leaves a tensor behind. */
export function guardAgainstLeaks(): void {
  let before = 0;
  beforeEach(() => {
    before = tensorCount();
  });
  afterEach(() => {
    expect(tensorCount(), 'tensors left behind').toBe(before);
  });
}
