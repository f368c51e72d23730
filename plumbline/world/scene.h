// What a picture of the world really contains. Everything else in `world` is derived from this.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plumbline/base/random.h"

namespace plumbline::world {

enum class Size { Small, Large };

// One kind of thing in a scene: `count` copies that share category, colour and size.
struct Kind {
  int category = 0;  // index into categories()
  int color = 0;     // index into colors()
  Size size = Size::Small;
  bool is_faint = false;   // drawn with low contrast: present, yet hard to see
  std::vector<int> cells;  // grid cells of the copies, ascending, row-major in the 4 x 4 grid
  int count() const { return static_cast<int>(cells.size()); }
  friend bool operator==(const Kind&, const Kind&) = default;
};

struct Scene {
  int environment = 0;      // index into environments()
  std::vector<Kind> kinds;  // distinct categories, in raster order of their first cell
  friend bool operator==(const Scene&, const Scene&) = default;
};

inline constexpr int kGridSize = 4;  // cells per side
inline constexpr int kNumCells = kGridSize * kGridSize;
inline constexpr int kPictureSize = 64;  // pixels per side
inline constexpr int kMaxCount = 3;      // copies of one kind

const std::vector<std::string>& categories();    // singular nouns, 24
const std::vector<std::string>& colors();        // 8
const std::vector<std::string>& environments();  // 8
std::string plural(const std::string& noun);
const std::string& size_name(Size size);  // "small", "large"
// Index of a name in one of the lists above, or -1.
int index_of(const std::vector<std::string>& names, std::string_view name);

// What an environment usually holds: the prior from which a language model guesses what it cannot
// see.
struct Typical {
  int category = 0;
  double weight = 1;  // 3 to 1
};
const std::vector<Typical>& typical_objects(int environment);  // 6, by falling weight
// Share of each category among all kinds drawn, typical_share being the sampler's default.
const std::vector<double>& popularity();

// About one (category, colour) pair in eight is never shown in training: one colour per category.
int held_out_color(int category);

const Kind* find_kind(const Scene& scene, int category);  // nullptr when absent
bool shows_color(const Scene& scene, int color);          // whether any kind has it
void sort_kinds(Scene& scene);                            // into raster order of the first cell

// Where a stands as seen from b.
enum class Side { Left, Right, Above, Below };
// True when every copy of a lies on that side of every copy of b, at least `gap` rows or columns
// away.
bool is_on_side(const Kind& a, Side side, const Kind& b, int gap = 1);
Side opposite(Side side);

}  // namespace plumbline::world
