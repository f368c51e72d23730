#include "plumbline/nn/kernels.h"

namespace plumbline::nn::kernels {

// From kernel_loops.cpp.
namespace plain {
extern const Loops loops;
}
#if defined(__x86_64__)
namespace avx2 {
extern const Loops loops;
}
#endif

int num_loops() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("x86-64-v3") ? 2 : 1;
#else
  return 1;
#endif
}

const Loops& loops(int index) {
#if defined(__x86_64__)
  if (index == 1) return avx2::loops;
#endif
  (void)index;
  return plain::loops;
}

const Loops& loops() {
  static const Loops& best = loops(num_loops() - 1);
  return best;
}

}  // namespace plumbline::nn::kernels
