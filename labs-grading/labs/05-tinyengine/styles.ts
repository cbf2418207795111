import type { OtherStyle } from '../../lab/mutant.ts';
import { layoutStyles } from './styles/layouts.ts';
import { simdStyles } from './styles/simd.ts';
import { winogradStyles } from './styles/winograd.ts';

export default [...layoutStyles, ...simdStyles, ...winogradStyles] satisfies readonly OtherStyle[];
