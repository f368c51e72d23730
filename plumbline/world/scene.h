// What a picture of the world really contains. Everything else in `world` is derived from this.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/base/random.h"

namespace plumbline::world {

enum class Size { Small, Large };

// One kind of thing in a scene: `count` copies that share category, colour and size.
struct Kind {
  int category = 0;  // index into categories()
  int color = 0;     // index into colors()
  Size size = Size::Small;
  bool is_faint = false;            // drawn with low contrast: present, yet hard to see
  std::vector<int> cells;           // grid cells of the copies, ascending, row-major in the 4 x 4 grid
  int count() const { return static_cast<int>(cells.size()); }
};

struct Scene {
  int environment = 0;      // index into environments()
  std::vector<Kind> kinds;  // distinct categories, in raster order of their first cell
};

inline constexpr int kGridSize = 4;     // cells per side
inline constexpr int kPictureSize = 64;  // pixels per side

const std::vector<std::string>& categories();    // singular nouns, 24
const std::vector<std::string>& colors();        // 8
const std::vector<std::string>& environments();  // 8
std::string plural(const std::string& noun);

}  // namespace plumbline::world
