// What kernels and bindings agree on: plain pointers and sizes. Arrays are dense and row-major, their shapes stand in comments.
// A kernel allocates nothing and reports nothing: its binding has checked every length and that the output overlaps no input.
// Nothing is defined here, since rungs are compiled for different processors: an inline function could reach a processor that lacks its instructions.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct MatmulShape {
  size_t m, k, n;
  size_t a_row, a_column; // a[i · a_row + p · a_column] is A's element [i, p]: a transposed matrix is read where it lies
  size_t b_row, b_column;
  int32_t adds;           // to what C holds; otherwise C is not read
};

// C = A · B, or C + A · B, in float32, for rows first … last - 1 of C [m, n], which is dense. k = 0 gives zeros. Each sum runs over k in an
// order and with a rounding that the rung chooses, so |error| ≤ γ(k) · Σ|a·b| with γ(k) = k·u / (1 − k·u), u = 2⁻²⁴
// (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., eq. 3.5). No term is left out: 0 · ∞ is NaN. `scratch` holds `matmul_scratch` floats.
typedef void Matmul(const float *a, const float *b, float *c, MatmulShape shape, size_t first, size_t last, float *scratch);

constexpr size_t matmul_scratch = 512 * 256 + 96 * 528 + 64, matmul_grain = 48; // grain: rows that threads take at once, a multiple of every rung's blocks

Matmul matmul_reference;

// A rung is weak: null where the build left its file out, since it is for another processor or did not compile.
__attribute__((weak)) Matmul matmul_interchange;
__attribute__((weak)) Matmul matmul_avx2;
__attribute__((weak)) Matmul matmul_avx512;
__attribute__((weak)) Matmul matmul_avx512_packed;

// C = bf16(A) · bf16(B), or C + …, where bf16 rounds a float32 to its upper 16 bits, halves to even; beyond the largest of them it is infinite, and NaN is a quiet
// NaN. Products and sums are float32: |error| ≤ γ(k) · Σ|a · b|, a and b rounded, in an order that the rung chooses. A rung may take numbers below 2⁻¹²⁶ for 0, in A, in B
// and after each of the k steps of a sum (vdpbf16ps does): then Σ|a · b| over such a or b, and k · 2⁻¹²⁶, come on top. A and B have a side without strides: a_row or
// a_column is 1, b_row or b_column is 1.
struct MatmulBf16 {
  // Columns of B, 16 · first … 16 · last - 1, rounded, into `packed` [⌈n / 16⌉, ⌈k / 2⌉, 16, 2]: pairs along k, zeros where there is none.
  void (*pack)(const float *b, uint16_t *packed, MatmulShape shape, size_t first, size_t last);
  // Rows first … last - 1 of C [m, n], of the packed B.
  void (*multiply)(const float *a, const uint16_t *packed, float *c, MatmulShape shape, size_t first, size_t last);
};

extern const MatmulBf16 matmul_bf16_reference;
__attribute__((weak)) extern const MatmulBf16 matmul_bf16_avx512;
__attribute__((weak)) extern const MatmulBf16 matmul_bf16_avx512_bf16;

struct Int4Shape {
  size_t m, k, n;
  size_t group; // consecutive places along k that share a scale: a multiple of 8, the last group of a column may be shorter
};

// Weights of 4 bits with a scale for each group along k: w[p, j] = scale[g, j] · (u[p, j] − zero[g, j]), g = ⌊p / group⌋, u and zero 0 … 15. With panels = ⌈n / 16⌉, octets =
// ⌈k / 8⌉ and groups = ⌈k / group⌉ all lies in the order in which it is read:
//   codes [panels, octets, 16, 4]   byte i of the four of a column holds u[8 q + i] in its lower half and u[8 q + 4 + i] in its upper half
//   scale [panels, groups, 16]      float32
//   zero  [panels, groups, 16]      bytes, or null: all are 8
// What lies beyond n and k is never seen: x is 0 there, and columns beyond n are not stored.
struct Int4Weights {
  const uint8_t *codes;
  const float *scale;
  const uint8_t *zero;
};

// A row of float32 as whole numbers of three bytes: in each piece, the 32 places that follow in a group or what is left of it, x[p] is nearly
// unit · (65536 · b[0] + 256 · b[1] + b[2]), off by at most 31/32 · k · u · |x[p]|. Where no unit does that (an infinite value, NaN, numbers too far apart or too small), unit is 0 and the
// piece stays float32. Whole numbers times at most 15 each add up to a sum of 32 bits.
struct Int4Piece {
  float unit;  // a power of two, or 0
  int32_t sum; // Σ of the piece's whole numbers
};

struct Int4Limbs {
  int8_t *bytes;     // [octets, 3, 8]
  Int4Piece *pieces; // room for `octets`
};

struct Int4Matmul {
  // y[i, j] = Σ x[i, p] · w[p, j] for x [m, 8 · octets] in float32, columns 16 · first … 16 · last − 1. |error| ≤ γ(k + groups + 1) · Σ|x · w|, in an order that the rung chooses.
  // `limbs` is what `split` made of x where m = 1, or null.
  void (*floats)(const float *x, const Int4Limbs *limbs, const Int4Weights *w, float *y, Int4Shape shape, size_t first, size_t last);
  // The same for x = x_scale[i] · b[i, p], b int8. `sums` [m, groups] holds Σ b of each group. Sums within a group are exact, so with S[i, g, j] = Σ b · (u − zero):
  // |error| ≤ γ(groups + 2) · |x_scale[i]| · Σ|scale[g, j] · S[i, g, j]|. A group has at most 2¹⁶ places.
  void (*bytes)(const int8_t *b, const float *x_scale, const int32_t *sums, const Int4Weights *w, float *y, Int4Shape shape, size_t first, size_t last);
  // Splits one row for `floats`, once for all threads and columns; null where a rung has no use for it.
  void (*split)(const float *x, const Int4Limbs *limbs, Int4Shape shape);
};

extern const Int4Matmul int4_matmul_reference;
extern const Int4Matmul int4_matmul_blocked;
__attribute__((weak)) extern const Int4Matmul int4_matmul_avx2;
__attribute__((weak)) extern const Int4Matmul int4_matmul_avx512_vnni;

struct DepthwiseShape {
  int64_t images, height, width, channels;           // x is [images, height, width, channels]
  int64_t kernel_height, kernel_width;               // the filter is [kernel_height, kernel_width, channels]
  int64_t out_height, out_width;                     // y is [images, out_height, out_width, channels]
  int64_t stride_down, stride_right, top, left;      // top and left: zeros before the first row and column; they may reach as far as they like
};

// Depthwise convolution in float32: y[n, r, q, c] = Σ x[n, r · stride_down + i − top, q · stride_right + j − left, c] · w[i, j, c] over the taps (i, j) inside the
// image; what lies outside is left out (so 0 · ∞ is not there). |error| ≤ γ(taps) · Σ|x · w|, in an order that the rung chooses.
// Rows first … last - 1 of images · out_height.
typedef void DepthwiseForward(const float *x, const float *w, float *y, DepthwiseShape shape, size_t first, size_t last);

// Its gradient with respect to x: dx[n, a, b, c] = Σ dy[n, r, q, c] · w[i, j, c] over r · stride_down + i − top = a, q · stride_right + j − left = b. Rows
// first … last - 1 of images · height.
typedef void DepthwiseToInput(const float *dy, const float *w, float *dx, DepthwiseShape shape, size_t first, size_t last);

// Its gradient with respect to w, of rows first … last - 1 of images · out_height alone: dw[i, j, c] = Σ dy[n, r, q, c] · x[…, c]. |error| ≤ γ(rows · out_width) · Σ|dy · x|.
typedef void DepthwiseToFilter(const float *x, const float *dy, float *dw, DepthwiseShape shape, size_t first, size_t last);

struct Depthwise {
  DepthwiseForward *forward;
  DepthwiseToInput *to_input;
  DepthwiseToFilter *to_filter;
};

extern const Depthwise depthwise_reference;
__attribute__((weak)) extern const Depthwise depthwise_avx2;
__attribute__((weak)) extern const Depthwise depthwise_avx2_lines;
__attribute__((weak)) extern const Depthwise depthwise_avx512;
__attribute__((weak)) extern const Depthwise depthwise_avx512_lines;

// An image [images, height, width, channels] and its tiles: `down` · `right` an image, of 2 × 2 places each, every tile of the next one's place + 2. A window of
// 4 × 4 begins `top` rows above its tile and `left` columns before it. What lies outside the image is zero, or is not written.
struct WinogradTiles {
  int64_t images, height, width, channels, down, right, top, left;
};

// A filter [3, 3, channels, outputs] and where its 16 planes and their rows lie.
struct WinogradFilter {
  size_t channels, outputs, row, plane;
};

// The parts of a 3 × 3 convolution with stride 1 by Winograd's minimal filtering F(2 × 2, 3 × 3) (Lavin and Gray, Fast Algorithms for Convolutional Neural
// Networks, 2015, section 4.1): y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A for each tile, where the product in the middle, summed over channels, is 16 products of
// matrices, of 16 multiplications for 4 results instead of 36. Tiles first … last - 1; of a "plane" p = 4 · i + j, tile t begins at p · plane + (t − first) · row.
// Every rung gives the same bits: each sum of a transformation is taken in the order of its matrix's columns, first down, then to the right.
// The convolution: |error| ≤ γ(channels + 10) · |Aᵀ| [Σ (|G| |w| |Gᵀ|) ⊙ (|Bᵀ| |x| |B|)] |A|, some times the direct form's. An infinite value makes NaN of its tile.
struct Winograd {
  void (*input)(const float *x, float *v, WinogradTiles tiles, size_t first, size_t last, size_t row, size_t plane);         // v = Bᵀ x B of each window
  void (*output)(const float *m, float *y, WinogradTiles tiles, size_t first, size_t last, size_t row, size_t plane);        // y = Aᵀ m A of each tile
  void (*gradient)(const float *dy, float *d, WinogradTiles tiles, size_t first, size_t last, size_t row, size_t plane);     // d = A dy Aᵀ of each tile
  // u = G w Gᵀ for channels first … last - 1 of w [3, 3, channels, outputs]; channel k of plane p begins at p · plane + k · row
  void (*filter)(const float *w, float *u, WinogradFilter sizes, size_t first, size_t last);
  // the same of w turned round in both directions; output n of plane p begins at p · plane + n · row
  void (*turned)(const float *w, float *u, WinogradFilter sizes, size_t first, size_t last);
  // dw = Gᵀ p G, planes as those of `filter`
  void (*to_filter)(const float *p, float *dw, WinogradFilter sizes, size_t first, size_t last);
};

extern const Winograd winograd_reference;
__attribute__((weak)) extern const Winograd winograd_avx512;

struct BatchNormShape {
  size_t rows, channels; // x is [rows, channels]
  int32_t floor, ceiling; // whether results end at low, and at high
  float low, high;
};

// Batch normalisation, over all axes but the last, with the clip of a rectifier behind it; all float32. Rows first … last - 1 of each.

// mean[c] = Σ x / n and squares[c] = Σ (x - mean)² over these n = last - first ≥ 1 rows. |error| of the mean ≤ γ(n) · Σ|x| / n, and of the squares
// ≤ γ(n + 2) · squares + n · (error of the mean)² (the two-pass algorithm; Higham, 2nd ed., section 1.9).
typedef void BatchNormMoments(const float *x, float *mean, float *squares, BatchNormShape shape, size_t first, size_t last);

// y = clip((x - mean) · scale + beta, low, high); NaN stays. With one fused multiply-add, or two roundings: |error| ≤ 2u · (|x - mean| · |scale| + |y|).
typedef void BatchNormApply(const float *x, const float *mean, const float *scale, const float *beta, float *y, BatchNormShape shape, size_t first,
                            size_t last);

// sum[c] = Σ g and product[c] = Σ g · (x - mean), where g = dy if low < (x - mean) · scale + beta < high, and 0 where the clip holds it (or it is NaN).
typedef void BatchNormGradSums(const float *dy, const float *x, const float *mean, const float *scale, const float *beta, float *sum, float *product,
                               BatchNormShape shape, size_t first, size_t last);

// dx = g · scale + (x - mean) · slope + offset, with g as above.
typedef void BatchNormGradApply(const float *dy, const float *x, const float *mean, const float *scale, const float *beta, const float *slope,
                                const float *offset, float *dx, BatchNormShape shape, size_t first, size_t last);

struct BatchNorm {
  BatchNormMoments *moments;
  BatchNormApply *apply;
  BatchNormGradSums *grad_sums;
  BatchNormGradApply *grad_apply;
};

extern const BatchNorm batch_norm_reference;
__attribute__((weak)) extern const BatchNorm batch_norm_avx2;
__attribute__((weak)) extern const BatchNorm batch_norm_avx512;

struct LayerNormShape {
  size_t channels;
  float epsilon;
};

// Layer normalisation of x [rows, channels], for rows first … last - 1: each row by its own mean μ and its Σ (x − μ)² / channels = σ². `inverse` is 1 / √(σ² + ε), n = (x − μ) ·
// inverse. A value that is not finite spoils its row and no other. Without channels nothing is written but the rows' statistics, which are of no meaning.
struct LayerNorm {
  // mean [rows], inverse [rows], y = n · γ + β. Within 2⁻¹⁷ of |γ| · max |n| + |β|.
  void (*apply)(const float *x, const float *gamma, const float *beta, float *y, float *mean, float *inverse, LayerNormShape shape, size_t first, size_t last);
  // With g = dy · γ: dx = inverse · (g − mean(g) − n · mean(g · n)); dgamma [channels] = Σ dy · n and dbeta [channels] = Σ dy over the rows first … last - 1.
  void (*grad)(const float *dy, const float *x, const float *gamma, const float *mean, const float *inverse, float *dx, float *dgamma, float *dbeta,
               LayerNormShape shape, size_t first, size_t last);
};

extern const LayerNorm layer_norm_reference;
__attribute__((weak)) extern const LayerNorm layer_norm_avx2;
__attribute__((weak)) extern const LayerNorm layer_norm_avx512;

struct CrossEntropyShape {
  size_t classes;
  float smoothing; // s of [0, 1)
  float scale;     // of the gradient
};

// For rows first … last - 1 of logits z [rows, classes] with labels of 0 … classes - 1: losses[r] = Σ q_c · (log Σ exp(z) − z_c) with q = (1 − s) · (c is the label) + s / classes,
// gradient = scale · (softmax(z) − q), and tops[r] the first of the highest logits, or -1 where some logit of the row is not finite (its loss and gradient are then of
// no meaning). |error| ≤ 2⁻¹⁹ · (1 + max |z|) for a loss and 2⁻²⁰ · scale for the gradient.
typedef void CrossEntropy(const float *logits, const int32_t *labels, double *losses, float *gradient, int32_t *tops, CrossEntropyShape shape, size_t first,
                          size_t last);

CrossEntropy cross_entropy_reference;
__attribute__((weak)) CrossEntropy cross_entropy_avx2;
__attribute__((weak)) CrossEntropy cross_entropy_avx512;

// An optimizer's step for the elements first … last - 1 of one parameter, in float32; every rung gives the same bits, since no two roundings are contracted. With
// the gradient g, the rate η and the decay λ, where `numbers` holds what the rule needs:
//   sgd       [η]                        w - η · (g + λ · w)
//   momentum  [η, μ]                     v ← μ · v + (g + λ · w), then w - η · v
//   nesterov  [η, μ]                     v as above, then w - η · ((g + λ · w) + μ · v)
//   adam      [β₁ᵗ, β₂ᵗ, η, β₁, β₂, ε]    m ← m + (1 - β₁) · (h - m), v ← v + (1 - β₂) · (h² - v) with h = g + λ · w, then
//                                        w - η · √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε)
//   adamw     as adam                    the same with h = g, of the weight (1 - η · λ) · w
enum UpdateRule : int32_t { update_sgd, update_momentum, update_nesterov, update_adam, update_adamw };

struct UpdateArrays {
  const float *w, *g, *first, *second;   // the parameter, its gradient, the rule's running values (v; or m and v)
  float *new_w, *new_first, *new_second; // may be the arrays they renew
};

typedef void Update(const UpdateArrays *arrays, UpdateRule rule, const float *numbers, float decay, size_t first, size_t last);

Update update_reference;
__attribute__((weak)) Update update_avx2;
__attribute__((weak)) Update update_avx512;

// Integer kernels. Activations are bytes, int8 or uint8 as the shape says; sums have 32 bits and wrap, so their order does not matter and every rung
// must give the same bytes. `scaled(acc)` is TensorFlow Lite's MultiplyByQuantizedMultiplier with a multiplier ≥ 0: acc << left (wraps), times
// multiplier / 2³¹ rounded halves up, then / 2^right rounded halves away from zero. left and right count 0 … 31; one of them is 0.
// Kernels run a part of the output, from `first` to before `last`, so that threads can share it.

struct Int8ConvShape {
  int32_t images, height, width, channels;           // x is [images, height, width, channels]
  int32_t kernel_height, kernel_width, depth;        // of the channels the first `depth` are read
  int32_t out_height, out_width, out, out_channels;  // y is [images, out_height, out_width, out_channels], of which the first `out` are written
  int32_t stride_down, stride_right, dilation_down, dilation_right, top, left;
  int32_t is_signed;                                 // x holds int8, else uint8
  int32_t zero;                                      // what places outside the image hold
  int32_t has_weight_zeros;                          // some weight zero point is not 0
  int32_t is_sums;                                   // y holds the sums themselves, int32
  int32_t pool;                                      // y keeps the largest of so many places down and to the right; 1 with is_sums
  int32_t output_zero, low, high;
};

// y[p, o] = clip(output_zero + scaled(offset[o] + Σ x · (w[o] - weight_zero[o])), low, high) over the kernel_height · kernel_width · depth = K places of
// pixel p = first … last - 1 of images · out_height · out_width. The weight is packed: [⌈out / 16⌉, ⌈K / 4⌉, 16, 4], zeros where there is none.
// With a pool of q the convolution has q · out_height by q · out_width places, and y[p, o] is the largest of q by q such numbers.
// With is_sums y[p, o] is offset[o] + Σ …, four bytes each. `channel` is [6, 16 · ⌈out / 16⌉]: offset, multiplier, left, right, weight_zero, and Σ w. Exact. `scratch` holds
// 64 · 4 · ⌈K / 4⌉ + 64 bytes, and int8_conv_scratch at least.
typedef void Int8Conv(const uint8_t *x, const int8_t *weight, const int32_t *channel, uint8_t *y, Int8ConvShape shape, size_t first, size_t last,
                      uint8_t *scratch);

enum : size_t { int8_conv_scratch = 1 << 18 };

Int8Conv int8_conv_reference;
__attribute__((weak)) Int8Conv int8_conv_blocked;
__attribute__((weak)) Int8Conv int8_conv_avx2;
__attribute__((weak)) Int8Conv int8_conv_avx512_vnni;
__attribute__((weak)) Int8Conv int8_conv_avx512_vnni_lines;

struct Int8MatmulShape {
  int32_t m, k, n;                // a is [m, k], y is [m, n]
  int32_t is_signed, zero;        // a holds int8, else uint8; its zero point
  int32_t is_sums;                // y holds the sums themselves, int32
  int32_t output_zero, low, high;
};

// B, int8 [k, n] and dense, as `packed` [⌈n / 16⌉, ⌈k / 4⌉, 16, 4] with zeros where there is none: blocks first … last - 1 of 16 columns. Weights are packed so once, for int8Conv too.
typedef void Int8MatmulPack(const int8_t *b, int8_t *packed, size_t k, size_t n, size_t first, size_t last);

// y[i, j] = clip(output_zero + scaled(offset[j] + Σ (a[i, p] - zero) · b[p, j]), low, high) for rows i = first … last - 1. `channel` is [4, n]: offset, multiplier, left,
// right. With is_sums y[i, j] is offset[j] + Σ …, four bytes each, and `channel` is [n], or null for no offsets. Exact. `scratch` holds 12 · (k + 128)
// bytes, and int8_matmul_scratch at least.
typedef void Int8MatmulRun(const uint8_t *a, const int8_t *packed, const int32_t *channel, uint8_t *y, Int8MatmulShape shape, size_t first, size_t last,
                           uint8_t *scratch);

struct Int8Matmul {
  Int8MatmulPack *pack;
  Int8MatmulRun *run;
};

enum : size_t { int8_matmul_scratch = 5 << 16 };

extern const Int8Matmul int8_matmul_reference;
extern const Int8Matmul int8_matmul_blocked;
__attribute__((weak)) extern const Int8Matmul int8_matmul_avx2;
__attribute__((weak)) extern const Int8Matmul int8_matmul_avx512_vnni;

struct Int8DepthwiseShape {
  int32_t images, height, width, channels;
  int32_t kernel_height, kernel_width;
  int32_t out_height, out_width;
  int32_t stride_down, stride_right, dilation_down, dilation_right, top, left;
  int32_t is_signed, zero;
  int32_t output_zero, low, high;
};

// y[r, q, c] = clip(output_zero + scaled(offset[c] + Σ x[.., .., c] · w[i, j, c]), low, high) for rows r = first … last - 1 of images · out_height. The weight
// is [kernel_height, kernel_width, channels] with its zero points taken off; `channel` is [4, channels]: offset, multiplier, left, right. Exact.
typedef void Int8Depthwise(const uint8_t *x, const int16_t *weight, const int32_t *channel, uint8_t *y, Int8DepthwiseShape shape, size_t first,
                           size_t last);

Int8Depthwise int8_depthwise_reference;
__attribute__((weak)) Int8Depthwise int8_depthwise_avx2;
__attribute__((weak)) Int8Depthwise int8_depthwise_avx2_lines;
__attribute__((weak)) Int8Depthwise int8_depthwise_avx512_vnni;
__attribute__((weak)) Int8Depthwise int8_depthwise_avx512_vnni_lines;

struct Int8AddShape {
  int32_t is_signed; // a and b hold int8, else uint8
  int32_t ahead;     // bits that both are shifted to the left first
  int32_t a_zero, a_multiplier, a_left, a_right;
  int32_t b_zero, b_multiplier, b_left, b_right;
  int32_t sign;      // 1 or -1
  int32_t multiplier, left, right;
  int32_t output_zero, low, high;
};

// y[i] = clip(output_zero + scaled(scaled_a((a[i] - a_zero) << ahead) + sign · scaled_b((b[i] - b_zero) << ahead)), low, high) for i = first … last - 1. Exact.
typedef void Int8Add(const uint8_t *a, const uint8_t *b, uint8_t *y, Int8AddShape shape, size_t first, size_t last);

Int8Add int8_add_reference;
__attribute__((weak)) Int8Add int8_add_avx2;
__attribute__((weak)) Int8Add int8_add_avx512;

struct Int8PoolShape {
  int32_t images, height, width, channels;
  int32_t window_height, window_width;
  int32_t out_height, out_width;
  int32_t stride_down, stride_right, top, left;
  int32_t is_signed, is_mean;
  int32_t low, high;
};

// The largest value of each window, or its mean with halves away from zero, over the places inside the image (each window has one), clipped; for rows
// first … last - 1 of images · out_height. Exact.
typedef void Int8Pool(const uint8_t *x, uint8_t *y, Int8PoolShape shape, size_t first, size_t last);

Int8Pool int8_pool_reference;
__attribute__((weak)) Int8Pool int8_pool_avx2;

struct Int8QuantizeShape {
  int32_t scale_bits; // a float32 > 0
  int32_t output_zero, low, high;
};

// y[i] = clip(round(x[i] / scale) + output_zero, low, high), the quotient in float32, halves away from zero, NaN as output_zero, for i = first … last - 1. Exact.
typedef void Int8Quantize(const float *x, uint8_t *y, Int8QuantizeShape shape, size_t first, size_t last);

Int8Quantize int8_quantize_reference;
__attribute__((weak)) Int8Quantize int8_quantize_avx2;
__attribute__((weak)) Int8Quantize int8_quantize_avx512;

// Kernels of quantization. x is [outer, channels, inner]: what lies in one channel shares a scale. Every
// rung gives the same numbers.

struct ChannelShape {
  size_t outer, channels, inner;
};

// low[c] = min(low[c], all x of channel c) and high[c] = max(…); NaN counts in neither. 1 where some x is NaN, else 0. Which of -0 and 0 is found is open. Exact.
typedef int Extremes(const float *x, float *low /* [channels] */, float *high /* [channels] */, ChannelShape shape);

Extremes extremes_reference;
__attribute__((weak)) Extremes extremes_avx2;
__attribute__((weak)) Extremes extremes_avx512;

struct HistogramShape {
  uint32_t bins;    // from 1 on
  int is_absolute;  // |x| is counted
  double low, per_unit;
};

// Counts bin clip(⌊(x - low) · per_unit⌋, 0, bins - 1) in double precision for each of `length` values, NaN in none. `tables` is
// [4, bins + 1], and what stands in the last place of each is of no meaning: the count of a bin is the sum of four, and which of them a value is added to is the rung's choice. Exact.
typedef void Histogram(const float *x, size_t length, uint32_t *tables, HistogramShape shape);

Histogram histogram_reference;
__attribute__((weak)) Histogram histogram_avx2;

struct CodeEnds {
  int32_t low, high;
};

// q = clip(round(x / scale[c]) + zero[c], low, high), halves to even, the quotient in double precision, NaN as 0; codes = q as a byte, and
// reals = scale[c] · (q - zero[c]), the product in double precision and rounded once. Either output may be null. Exact.
typedef void FakeQuantize(const float *x, const float *scale /* [channels] */, const int32_t *zero /* [channels] */, uint8_t *codes, float *reals,
                          ChannelShape shape, CodeEnds ends);

FakeQuantize fake_quantize_reference;
__attribute__((weak)) FakeQuantize fake_quantize_avx2;
__attribute__((weak)) FakeQuantize fake_quantize_avx512;

// reals = scale[c] · (code - zero[c]), codes int8 or uint8, the product in double precision and rounded once. Exact.
typedef void Dequantize(const uint8_t *codes, const float *scale /* [channels] */, const int32_t *zero /* [channels] */, float *reals, ChannelShape shape,
                        int is_signed);

Dequantize dequantize_reference;
__attribute__((weak)) Dequantize dequantize_avx2;
__attribute__((weak)) Dequantize dequantize_avx512;
