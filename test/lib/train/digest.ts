import { createHash } from 'node:crypto';
import type { Model } from '../../../lib/model/model.ts';

/** SHA-256 of a model's parameters: names and bits. */
export function digest(model: Model): string {
  const hash = createHash('sha256');
  for (const [name, { value }] of Object.entries(model.parameters)) hash.update(name).update(value.data);
  return hash.digest('hex');
}
