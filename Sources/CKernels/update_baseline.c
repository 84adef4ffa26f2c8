#define CK_WIDTH 2
#define CK_FUSED 0
#define CK_TARGET
#define CK_LOOPS ck_update_baseline
#include "update.inc"
