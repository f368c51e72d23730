// Where words can stand beside the points of a chart without covering each other.
#pragma once

#include <vector>

namespace plumbline::report {

// In pixels, y downwards.
struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
};

class LabelPlaces {
 public:
  // Words stay within `inside`.
  explicit LabelPlaces(Box inside) : inside_(inside) {}

  // No word may stand here.
  void take(const Box& box) { taken_.push_back(box); }

  // Takes the free box of this size that is nearest to the point, of those to its right first; when
  // none is free nearby, the one at its upper right.
  Box place(double x, double y, double width, double height);

 private:
  bool is_free(const Box& box) const;

  Box inside_;
  std::vector<Box> taken_;
};

}  // namespace plumbline::report
