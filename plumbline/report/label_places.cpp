#include "plumbline/report/label_places.h"

#include <algorithm>

namespace plumbline::report {
namespace {

bool overlap(const Box& a, const Box& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// The box whose nearest edge or corner lies (dx, dy) from the point, on the side of these signs.
Box box_at(double x, double y, double dx, double dy, double width, double height) {
  const double left = dx > 0 ? x + dx : dx < 0 ? x + dx - width : x - width / 2;
  const double top = dy > 0 ? y + dy : dy < 0 ? y + dy - height : y - height / 2;
  return {left, top, left + width, top + height};
}

}  // namespace

bool LabelPlaces::is_free(const Box& box) const {
  const bool is_inside = box.left >= inside_.left && box.right <= inside_.right &&
                         box.top >= inside_.top && box.bottom <= inside_.bottom;
  return is_inside && std::none_of(taken_.begin(), taken_.end(),
                                   [&](const Box& other) { return overlap(box, other); });
}

Box LabelPlaces::place(double x, double y, double width, double height) {
  constexpr double kSides[][2] = {{1, -1}, {1, 0},  {1, 1},  {-1, -1},
                                  {-1, 0}, {-1, 1}, {0, -1}, {0, 1}};
  for (const double distance : {1.0, 3.0, 5.0, 8.0, 11.0, 15.0, 19.0, 24.0}) {
    for (const auto& side : kSides) {
      const Box box = box_at(x, y, side[0] * 6 * distance, side[1] * 3 * distance, width, height);
      if (!is_free(box)) continue;
      take(box);
      return box;
    }
  }
  const Box upper_right = box_at(x, y, 6, -3, width, height);
  take(upper_right);
  return upper_right;
}

}  // namespace plumbline::report
