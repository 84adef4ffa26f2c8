#ifndef CKERNELS_WINOGRAD_H
#define CKERNELS_WINOGRAD_H

#include "CKernelsInstructions.h"

// Convolutions of 3x3, stride 1, padded by one zero, by Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray,
// arXiv:1509.09308): an output tile of 4x4 pixels takes 36 products a pair of channels instead of 144.
//
//     y = A' [ (G g G') * (B' x B) ] A        summed over input channels between the transforms
//
// The points are 0, +-1/sqrt(2), +-sqrt(2) and infinity, not the usual 0, +-1, +-2: the transforms have the same
// number of operations and the rounding error is half as large, about twice that of the direct sum.
//
// All arrays are float32, channels last, and may lie at any address: x [images, height, width, in],
// y [images, height, width, out]. Channel counts are multiples of
// ck_winograd_channels.

enum { ck_winograd_channels = 16, ck_winograd_points = 36 };

typedef struct {
    long images, height, width, in, out;
} ck_winograd_shape;

// What is done to y while it is written; null pointers and zeros mean nothing. In this order:
typedef struct {
    int adding;             // y += instead of y =
    const float *shift;     // [out], added
    const float *residual;  // like y, added
    int rectified;          // max(y, 0); what is not a number stays so
    const float *mask;      // like y: y where mask > 0, else 0
    double *sums;           // [out]: += the sums over pixels of what was written
} ck_winograd_finish;

typedef struct {
    // Floats of the weights between the transforms.
    long (*weight_count)(long in, long out);
    // Floats of scratch that `convolve` and `correlate` need.
    long (*scratch_count)(ck_winograd_shape);
    // Transforms taps [3, 3, in, out].
    void (*transform)(float *transformed, const float *taps, long in, long out);
    // y from x and transformed weights.
    void (*convolve)(ck_winograd_shape, float *y, const float *x, const float *transformed, ck_winograd_finish,
                     float *scratch);
    // products [3, 3, in, out] += the sums over pixels of x, shifted by the tap, times dy: the gradient of the taps.
    void (*correlate)(ck_winograd_shape, float *products, const float *x, const float *dy, float *scratch);
} ck_winograd_kernels;

// NULL where this processor cannot run them.
const ck_winograd_kernels *ck_winograd(ck_instructions set);

#endif
