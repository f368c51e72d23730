// What stands in each cell of a picture: the labels for pre-training a vision tower.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "plumbline/world/scene.h"

namespace plumbline::world {

// One line of scenes.jsonl. Cells are row-major in the 4 x 4 grid; -1 where nothing stands.
struct CellLabels {
  std::string image;
  std::array<int, kNumCells> category;  // index into categories()
  std::array<int, kNumCells> color;     // index into colors()
  std::array<int, kNumCells> size;      // 0 small, 1 large
  std::array<int, kNumCells> count;     // copies of it in the picture, less one
  int environment = 0;                  // index into environments()
  friend bool operator==(const CellLabels&, const CellLabels&) = default;
};

CellLabels cell_labels(const Scene& scene, const std::string& image);

// Throws DataError naming file and line.
std::vector<CellLabels> read_cells(const std::string& path);
void write_cells(const std::string& path, const std::vector<CellLabels>& labels);

}  // namespace plumbline::world
