import { array, type NDArray } from '../../../../lib/tensor/array.ts';

/** The weight matrix of the lecture, which all its examples are computed with. */
export const w4: NDArray = array([4, 4], [2.09, -0.98, 1.48, 0.09, 0.05, -0.14, -1.08, 2.12, -0.91, 1.92, 0, -1.03, 1.87, 0, 1.53, 1.49]);
