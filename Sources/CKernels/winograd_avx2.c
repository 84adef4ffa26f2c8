// 16 registers of 8 lanes: 6 rows of two vectors leave four for the factors.
#if defined(__x86_64__)
#define CK_WIDTH 8
#define CK_FUSED 1
#define CK_TARGET __attribute__((target("avx2,fma")))
#define CK_ROWS 6
#define CK_VECTORS 2
#define CK_TABLE ck_winograd_avx2
#include "winograd.inc"
#endif
