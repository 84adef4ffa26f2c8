// 32 registers of 16 lanes: 8 rows of two vectors.
#if defined(__x86_64__)
#define CK_WIDTH 16
#define CK_FUSED 1
#define CK_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define CK_ROWS 8
#define CK_VECTORS 2
#define CK_TABLE ck_winograd_avx512
#include "winograd.inc"
#endif
