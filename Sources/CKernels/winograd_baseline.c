// NEON has 32 registers of 4 lanes and a fused product; SSE2 has 16 and none.
#if defined(__aarch64__)
#define CK_FUSED 1
#define CK_ROWS 6
#else
#define CK_FUSED 0
#define CK_ROWS 3
#endif
#define CK_WIDTH 4
#define CK_TARGET
#define CK_VECTORS 4
#define CK_TABLE ck_winograd_baseline
#include "winograd.inc"
