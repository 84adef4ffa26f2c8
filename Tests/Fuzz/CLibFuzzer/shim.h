#include <stddef.h>
#include <stdint.h>

// libFuzzer's own main, as its documentation names it; no header of the toolchain declares it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

// Glibc's header has it under _GNU_SOURCE only, which Swift's Glibc module does not define.
int memfd_create(const char *name, unsigned int flags);
