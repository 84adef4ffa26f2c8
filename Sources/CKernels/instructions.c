#include "CKernelsInstructions.h"

int ck_supports(ck_instructions set) {
    switch (set) {
    case ck_baseline:
        return 1;
#if defined(__x86_64__)
    // The compiler's runtime asks the operating system too whether it saves the wide registers.
    case ck_avx2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case ck_avx512:
        return ck_supports(ck_avx2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#endif
    default:
        return 0;
    }
}

ck_instructions ck_best(void) {
    for (int set = ck_instruction_sets - 1; set > ck_baseline; set--)
        if (ck_supports((ck_instructions)set)) return (ck_instructions)set;
    return ck_baseline;
}
