#include "plumbline/nn/kernels.h"

namespace plumbline::nn::kernels {

// From kernel_loops.cpp and inference_loops.cpp.
namespace plain {
extern const Loops loops;
extern const InferenceLoops inference_loops;
}  // namespace plain
#if defined(__x86_64__)
namespace avx2 {
extern const Loops loops;
extern const InferenceLoops inference_loops;
}  // namespace avx2
#endif

int num_loops() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 2 : 1;
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

const InferenceLoops& inference_loops(int index) {
#if defined(__x86_64__)
  if (index == 1) return avx2::inference_loops;
#endif
  (void)index;
  return plain::inference_loops;
}

const Loops& loops() {
  static const Loops& best = loops(num_loops() - 1);
  return best;
}

const InferenceLoops& inference_loops() {
  static const InferenceLoops& best = inference_loops(num_loops() - 1);
  return best;
}

}  // namespace plumbline::nn::kernels
