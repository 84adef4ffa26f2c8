#include "CMeasures.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

void measures_stream_copy(void *to, const void *from, size_t count) {
  char *target = to;
  const char *source = from;
  for (size_t place = 0; place < count; place += 64) {
    __m128i a = _mm_load_si128((const __m128i *)(source + place));
    __m128i b = _mm_load_si128((const __m128i *)(source + place + 16));
    __m128i c = _mm_load_si128((const __m128i *)(source + place + 32));
    __m128i d = _mm_load_si128((const __m128i *)(source + place + 48));
    _mm_stream_si128((__m128i *)(target + place), a);
    _mm_stream_si128((__m128i *)(target + place + 16), b);
    _mm_stream_si128((__m128i *)(target + place + 32), c);
    _mm_stream_si128((__m128i *)(target + place + 48), d);
  }
  _mm_sfence();
}
#else
void measures_stream_copy(void *to, const void *from, size_t count) { memcpy(to, from, count); }
#endif
