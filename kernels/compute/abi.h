// What kernels and bindings agree on: plain pointers and sizes. Arrays are dense and row-major, their shapes stand in comments.
// A kernel allocates nothing and reports nothing: its binding has checked every length and that the output overlaps no input.
// Nothing is defined here, since rungs are compiled for different processors: an inline function could reach a processor that lacks its instructions.
#pragma once
#include <stddef.h>

struct MatmulShape {
  size_t m, k, n;
};

// C = A · B in float32, for sizes from 0 on; k = 0 gives zeros. Every element of C is written and none is read before. Each sum runs over k in an
// order and with a rounding that the rung chooses, so |error| ≤ γ(k) · Σ|a·b| with γ(k) = k·u / (1 − k·u), u = 2⁻²⁴
// (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., eq. 3.5). No term is left out: 0 · ∞ is NaN.
typedef void Matmul(const float *a /* [m, k] */, const float *b /* [k, n] */, float *c /* [m, n] */, MatmulShape shape);

Matmul matmul_reference;
Matmul matmul_interchange;

// A rung that needs more than every processor has is weak: null where the build left its file out.
__attribute__((weak)) Matmul matmul_avx2;
