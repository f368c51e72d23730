// How the objects that a caption mentions compare with those of its image.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "plumbline/benchmarks/coco_objects.h"

namespace plumbline::benchmarks {

struct ObjectCounts {
  double mentions = 0;      // repeats count
  double hallucinated = 0;  // those of no object of the image
  double truth = 0;         // objects of the image
  double found = 0;         // those of them that are mentioned
  std::string shown = {};   // "dog (puppy), not cat"
};

ObjectCounts count_objects(const std::vector<Mention>& mentions,
                           const std::set<std::string>& truth);

}  // namespace plumbline::benchmarks
