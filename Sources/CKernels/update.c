#include "CKernelsUpdate.h"

#include <stddef.h>

extern const ck_update_loops ck_update_baseline;
#if defined(__x86_64__)
extern const ck_update_loops ck_update_avx2, ck_update_avx512;
#endif

const ck_update_loops *ck_update(ck_instructions set) {
    if (!ck_supports(set)) return NULL;
    switch (set) {
    case ck_baseline:
        return &ck_update_baseline;
#if defined(__x86_64__)
    case ck_avx2:
        return &ck_update_avx2;
    case ck_avx512:
        return &ck_update_avx512;
#endif
    default:
        return NULL;
    }
}
