#include "CKernelsWinograd.h"

extern const ck_winograd_kernels ck_winograd_baseline;
#if defined(__x86_64__)
extern const ck_winograd_kernels ck_winograd_avx2, ck_winograd_avx512;
#endif

const ck_winograd_kernels *ck_winograd(ck_instructions set) {
    if (!ck_supports(set)) return 0;
    switch (set) {
#if defined(__x86_64__)
    case ck_avx2:
        return &ck_winograd_avx2;
    case ck_avx512:
        return &ck_winograd_avx512;
#endif
    case ck_baseline:
        return &ck_winograd_baseline;
    default:
        return 0;
    }
}
