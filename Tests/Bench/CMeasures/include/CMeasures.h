// What a measurement needs and Swift cannot do: standing in malloc's place, and streaming stores.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Allocations of watched threads, in the whole process. A program that links this has its malloc, calloc, realloc,
// reallocarray, memalign, aligned_alloc, posix_memalign, valloc and pvalloc counted, and then served by glibc.

/// From now on (or no longer) the calling thread's allocations count.
void measures_watch_thread(int on);

/// How many there were so far.
uint64_t measures_allocations(void);

/// Asks for memory in ways that no compiler leaves out, also through glibc, and returns how often: a counter that stays
/// where it is shows that malloc is not this program's.
uint64_t measures_probe(void);

/// Remembers where the next allocations come from: at most 64 of them. Not while a watched thread runs.
void measures_keep_traces(void);

/// Writes what `measures_keep_traces` remembered, one address and symbol a line, to a file descriptor.
void measures_write_traces(int descriptor);

/// Copies with streaming stores, which leave the caches alone and need not read what they overwrite; with memcpy where
/// the processor has none. Both addresses are multiples of 64, as is `count`.
void measures_stream_copy(void *to, const void *from, size_t count);
