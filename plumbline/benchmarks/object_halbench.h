// Object HalBench: which of the objects that a judge finds in descriptions of COCO's images are not
// there (Yu et al. 2023, arXiv 2312.00849; RLAIF-V, arXiv 2405.17220).
#pragma once

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

eval::Benchmark object_halbench();

}  // namespace plumbline::benchmarks
