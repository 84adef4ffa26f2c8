// Counting allocations by interposition: the program's own malloc is found before glibc's, also by the libraries.
#define _GNU_SOURCE
#include "CMeasures.h"

#include <errno.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// glibc's own entry points, which it exports for programs that stand in malloc's place.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void *__libc_valloc(size_t);
extern void *__libc_pvalloc(size_t);

enum { TRACES = 64, DEPTH = 32 };

// Local to the thread, so that other threads of the process, a test's neighbours, change no count.
static _Thread_local int watched;
static atomic_uint_fast64_t allocations;

static atomic_int traces = TRACES;
static int depths[TRACES];
static void *frames[TRACES][DEPTH];

static void count(void) {
  if (!watched) return;
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  if (atomic_load_explicit(&traces, memory_order_relaxed) >= TRACES) return;
  int place = atomic_fetch_add(&traces, 1);
  if (place >= TRACES) return;
  // What backtrace itself may allocate is none of the program's.
  watched = 0;
  depths[place] = backtrace(frames[place], DEPTH);
  watched = 1;
}

void measures_watch_thread(int on) { watched = on; }

uint64_t measures_allocations(void) { return atomic_load(&allocations); }

uint64_t measures_probe(void) {
  void *(*volatile plain)(size_t) = malloc;
  void *(*volatile zeroed)(size_t, size_t) = calloc;
  void *(*volatile grown)(void *, size_t) = realloc;
  void *(*volatile aligned)(size_t, size_t) = aligned_alloc;
  char *(*volatile copied)(const char *) = strdup;
  free(grown(plain(16), 1 << 20));
  free(zeroed(4, 4));
  free(aligned(64, 64));
  free(copied("glibc's own call"));
  return 5;
}

void measures_keep_traces(void) {
  // The first call loads a library.
  void *frame[1];
  backtrace(frame, 1);
  atomic_store(&traces, 0);
}

void measures_write_traces(int descriptor) {
  int kept = atomic_load(&traces);
  for (int place = 0; place < kept && place < TRACES; place++) {
    backtrace_symbols_fd(frames[place], depths[place], descriptor);
    if (write(descriptor, "\n", 1) < 0) return;
  }
}

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  count();
  return __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t number, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(number, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  count();
  return __libc_realloc(memory, bytes);
}

void *memalign(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  count();
  void *made = __libc_memalign(alignment, size);
  if (made == NULL) return ENOMEM;
  *memory = made;
  return 0;
}

void *valloc(size_t size) {
  count();
  return __libc_valloc(size);
}

void *pvalloc(size_t size) {
  count();
  return __libc_pvalloc(size);
}
