// NEON has a fused product, SSE2 has none.
#if defined(__aarch64__)
#define CK_FUSED 1
#else
#define CK_FUSED 0
#endif
#define CK_WIDTH 2
#define CK_TARGET
#define CK_LOOPS ck_update_baseline
#include "update.inc"
