#ifndef CKERNELS_INSTRUCTIONS_H
#define CKERNELS_INSTRUCTIONS_H

// What a variant of a loop is compiled for. Higher is faster.
typedef enum {
    ck_baseline = 0,  // SSE2 on x86-64, NEON on 64-bit Arm: what every processor of the architecture has
    ck_avx2 = 1,      // AVX2 and FMA
    ck_avx512 = 2,    // AVX-512 F, BW, DQ and VL
    ck_instruction_sets = 3
} ck_instructions;

// Whether this processor, under this operating system, runs the instruction set.
int ck_supports(ck_instructions set);

// The fastest one that it runs.
ck_instructions ck_best(void);

#endif
