// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: TypeScript (TinyLab)
//     language: typescript
//     name: tinylab
// ---

// %% [markdown]
// # Lab new-lab
//
// What this lab is about, and what you will be able to do afterwards.
//
// Three questions, 10 points.

// %%
import { array, check, checkAll, type NDArray } from 'tinylab';

// %% [markdown]
// ## 1 · A function (4 points)
//
// **Write** `half(x)`: every element of `x`, divided by two.

// %% nbgrader={"grade": false, "grade_id": "half", "locked": false, "schema_version": 3, "solution": true}
function half(x: NDArray): NDArray {
  // ### BEGIN SOLUTION
  return array(
    x.shape,
    Float32Array.from(x.data, value => value / 2),
  );
  // ### END SOLUTION
}

// %% nbgrader={"grade": true, "grade_id": "half-check", "locked": true, "points": 4, "schema_version": 3, "solution": false}
await check('half');

// %% [markdown]
// ## 2 · A choice (2 points)
//
// **Answer** in `bytes`: how many bytes does a 32-bit number take?
//
// - **a** two
// - **b** four
// - **c** thirty-two

// %% nbgrader={"grade": false, "grade_id": "bytes", "locked": false, "schema_version": 3, "solution": true}
// ### BEGIN SOLUTION
const bytes = 'b';
// ### END SOLUTION

// %% nbgrader={"grade": true, "grade_id": "bytes-check", "locked": true, "points": 2, "schema_version": 3, "solution": false}
await check('bytes');

// %% [markdown]
// ## 3 · In your words (4 points)
//
// **Explain** in two or three sentences why half of the bits can be enough. People read your answer.

// %% [markdown] nbgrader={"grade": true, "grade_id": "why", "locked": false, "points": 4, "schema_version": 3, "solution": true}
// Weights are noisy, so that rounding them changes the sums by less than the noise does.

// %%
await checkAll();
