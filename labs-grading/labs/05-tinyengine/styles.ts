import type { OtherStyle } from '../../lab/mutant.ts';
import { fusionStyles } from './styles/fusion.ts';
import { hierarchyStyles } from './styles/hierarchy.ts';
import { im2colStyles } from './styles/im2col.ts';
import { inPlaceStyles } from './styles/in-place.ts';
import { int8Styles } from './styles/int8.ts';
import { layoutStyles } from './styles/layouts.ts';
import { networkStyles } from './styles/network.ts';
import { patchStyles } from './styles/patches.ts';
import { plannerStyles } from './styles/planner.ts';
import { productStyles } from './styles/products.ts';
import { simdStyles } from './styles/simd.ts';
import { winogradStyles } from './styles/winograd.ts';

export default [
  ...hierarchyStyles,
  ...layoutStyles,
  ...productStyles,
  ...int8Styles,
  ...im2colStyles,
  ...simdStyles,
  ...winogradStyles,
  ...inPlaceStyles,
  ...plannerStyles,
  ...fusionStyles,
  ...patchStyles,
  ...networkStyles,
] satisfies readonly OtherStyle[];
