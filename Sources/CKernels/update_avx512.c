#if defined(__x86_64__)
#define CK_WIDTH 8
#define CK_FUSED 1
#define CK_TARGET __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"), min_vector_width(512)))
#define CK_LOOPS ck_update_avx512
#include "update.inc"
#endif
