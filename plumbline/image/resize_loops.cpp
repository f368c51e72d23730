#include "plumbline/image/resize_loops.h"

namespace plumbline::image {

// From blend_rows.cpp.
namespace plain {
void blend_rows(const uint8_t*, size_t, const int32_t*, int, size_t, uint8_t*);
}
#if defined(__x86_64__)
namespace avx2 {
void blend_rows(const uint8_t*, size_t, const int32_t*, int, size_t, uint8_t*);
}
#endif

int num_blend_rows() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 2 : 1;
#else
  return 1;
#endif
}

BlendRows blend_rows(int index) {
#if defined(__x86_64__)
  if (index == 1) return avx2::blend_rows;
#endif
  (void)index;
  return plain::blend_rows;
}

}  // namespace plumbline::image
