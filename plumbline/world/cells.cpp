#include "plumbline/world/cells.h"

#include <fmt/format.h>

#include "plumbline/world/json_fields.h"

namespace plumbline::world {
namespace {

using nlohmann::json;

std::array<int, kNumCells> read_grid(const json& value, const char* name, int num_names,
                                     const std::string& where) {
  const json& grid = field(value, name, where);
  std::array<int, kNumCells> cells{};
  if (!grid.is_array() || grid.size() != cells.size()) {
    fail_record(where, fmt::format("\"{}\" with {} cells", name, kNumCells), grid.dump());
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!grid[i].is_number_integer() || grid[i] < -1 || grid[i] >= num_names) {
      fail_record(where, fmt::format("\"{}\" from -1 to {}", name, num_names - 1), grid[i].dump());
    }
    cells[i] = grid[i].get<int>();
  }
  return cells;
}

}  // namespace

CellLabels cell_labels(const Scene& scene, const std::string& image) {
  CellLabels labels;
  labels.image = image;
  labels.category.fill(-1);
  labels.color.fill(-1);
  labels.size.fill(-1);
  labels.count.fill(-1);
  labels.environment = scene.environment;
  for (const Kind& kind : scene.kinds) {
    for (const int cell : kind.cells) {
      labels.category[static_cast<size_t>(cell)] = kind.category;
      labels.color[static_cast<size_t>(cell)] = kind.color;
      labels.size[static_cast<size_t>(cell)] = static_cast<int>(kind.size);
      labels.count[static_cast<size_t>(cell)] = kind.count() - 1;
    }
  }
  return labels;
}

std::vector<CellLabels> read_cells(const std::string& path) {
  std::vector<CellLabels> all;
  for (const auto& [value, where] : formats::read_records(path)) {
    CellLabels labels;
    labels.image = text_field(value, "image", where);
    labels.category = read_grid(value, "category", static_cast<int>(categories().size()), where);
    labels.color = read_grid(value, "color", static_cast<int>(colors().size()), where);
    labels.size = read_grid(value, "size", 2, where);
    labels.count = read_grid(value, "count", kMaxCount, where);
    labels.environment =
        int_field(value, "environment", 0, static_cast<int>(environments().size()) - 1, where);
    all.push_back(labels);
  }
  return all;
}

void write_cells(const std::string& path, const std::vector<CellLabels>& labels) {
  std::vector<json> lines;
  for (const CellLabels& l : labels) {
    lines.push_back({{"image", l.image},
                     {"category", l.category},
                     {"color", l.color},
                     {"size", l.size},
                     {"count", l.count},
                     {"environment", l.environment}});
  }
  formats::write_records(path, lines);
}

}  // namespace plumbline::world
