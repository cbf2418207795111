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
// {{questions}}, {{total}}.

// %%
import { array, check, checkAll, type NDArray } from 'tinylab';

// %% [markdown]
// ## 1 · {{title}} ({{points}})
//
// **Write** `half(x)`: every element of `x`, divided by two.

// %% answer="half"
function half(x: NDArray): NDArray {
  // ### BEGIN SOLUTION
  return array(
    x.shape,
    Float32Array.from(x.data, value => value / 2),
  );
  // ### END SOLUTION
}

// %% check="half"

// %% [markdown]
// ## 2 · {{title}} ({{points}})
//
// **Answer** in `bytes`: how many bytes does a 32-bit number take?
//
// - **a** two
// - **b** four
// - **c** thirty-two

// %% answer="bytes"
// ### BEGIN SOLUTION
const bytes = 'b';
// ### END SOLUTION

// %% check="bytes"

// %% [markdown]
// ## 3 · In your words ({{points}})
//
// **Explain** in two or three sentences why half of the bits can be enough. People read your answer.

// %% [markdown] points=4 written="why"
// Weights are noisy, so that rounding them changes the sums by less than the noise does.

// %%
await checkAll();
