#ifndef CKERNELS_UPDATE_H
#define CKERNELS_UPDATE_H

#include "CKernelsInstructions.h"

// The loops of a step over flat float32 gradients: products, and the step itself. Each takes a piece of one block and
// accumulates in float64, in eight lanes: element i goes to lane i mod 8, and the lanes are added from the first to the
// last. So a piece's sum depends on nothing but its numbers and on whether the processor fuses a product with a sum:
// AVX2 and AVX-512 give equal bits.

// A retain gradient a and a forget gradient b, each in two halves, from the piece's first element on.
// a = retain_even_share * retain_even + retain_odd_share * retain_odd, and b likewise.
typedef struct {
    const float *_Nonnull retain_even, *_Nonnull retain_odd;
    const float *_Nonnull forget_even, *_Nonnull forget_odd;
    double retain_even_share, retain_odd_share;
    double forget_even_share, forget_odd_share;
} ck_gradient_pair;

// a.a, b.b, a.b, a1.a2 and b1.b2 of the halves, a.d and b.d with the last step d.
typedef struct {
    double aa, bb, ab, halves_a, halves_b, ad, bd;
} ck_products;

// d = retain a + forget b, and where it goes.
typedef struct {
    double retain, forget;
    float *_Nonnull last_step;
    // At any address.
    float *_Nonnull weights;
    // 1: `last_step` is written past the caches, which would not hold it until it is read again.
    int past_caches;
} ck_step;

// Gradients and last steps start at a multiple of 32 bytes. Up to the next multiple of 8 elements behind `count` they
// are readable and zero.
typedef struct {
    ck_products (*_Nonnull products)(ck_gradient_pair pair, const float *_Nonnull last_step, long count);
    // d in float64, rounded to float32 and kept in `last_step`; weights += d in float32. Returns |weights|^2 with the
    // bits of `square`.
    double (*_Nonnull step)(ck_gradient_pair pair, ck_step step, long count);
    // |weights|^2
    double (*_Nonnull square)(const float *_Nonnull weights, long count);
    // |a - ratio b|^2
    double (*_Nonnull difference_squared)(ck_gradient_pair pair, double ratio, long count);
} ck_update_loops;

// NULL where this build or this processor does not have the instruction set.
const ck_update_loops *_Nullable ck_update(ck_instructions set);

#endif
