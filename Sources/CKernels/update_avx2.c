#if defined(__x86_64__)
#define CK_WIDTH 4
#define CK_FUSED 1
#define CK_TARGET __attribute__((target("avx2,fma")))
#define CK_LOOPS ck_update_avx2
#include "update.inc"
#endif
