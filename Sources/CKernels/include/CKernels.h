// CKernels: the few loops that need a processor's own instructions, chosen at run time.
//
// Swift has no target attribute for one function, so in a build that must run on any x86-64 its SIMD types are SSE. Each
// family of loops here is written once, in portable vector types, in a file `<family>.inc`, and compiled once for each
// instruction set (`<family>_avx2.c` ...). A family's table of functions for an instruction set is NULL where this build
// or this processor cannot run it; the baseline is always there.
//
// Each function has its oracle in Swift and a test that runs every variant which the machine has. Nothing here
// allocates, keeps state, or knows of rows, models or files.

#ifndef CKERNELS_H
#define CKERNELS_H

#include "CKernelsInstructions.h"
#include "CKernelsWinograd.h"
#include "CKernelsUpdate.h"

#endif
