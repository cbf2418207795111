import { type WireLimits, wireLimits } from '../wire.ts';
import { type DeliverableKind, kindOf } from './kind.ts';
import { valueFile } from './value-file.ts';

/** Any other plain data: text, lists, records. It comes last in the table, since it holds whatever no other kind does; nothing but a model is none. */
export const data: DeliverableKind<Partial<WireLimits>> = valueFile(
  wire => kindOf(wire) !== 'model',
  (_, limits) => ({ limits: { ...wireLimits, ...limits } }),
);
