#include "plumbline/world/cells.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "samples.h"
#include "tests/support/scratch.h"

namespace plumbline::world {
namespace {

TEST(Cells, LabelsStandWhereTheCopiesStand) {
  const CellLabels labels = cell_labels(kitchen(), "000000.png");
  for (int cell = 0; cell < kNumCells; ++cell) {
    const size_t at = static_cast<size_t>(cell);
    const bool is_cup = cell == 0 || cell == 4;
    const int expected = is_cup       ? category("cup")
                         : cell == 7  ? category("chair")
                         : cell == 13 ? category("lamp")
                                      : -1;
    EXPECT_EQ(labels.category[at], expected);
    EXPECT_EQ(labels.size[at], expected < 0 ? -1 : cell == 7 ? 1 : 0);
    EXPECT_EQ(labels.count[at], expected < 0 ? -1 : is_cup ? 1 : 0);
    EXPECT_EQ(labels.color[at] < 0, expected < 0);
  }
}

TEST(Cells, ReadsBackWhatWasWrittenAndNamesTheLineOfWhatIsWrong) {
  const support::ScratchFolder scratch;
  const fs::path path = scratch.path() / "cells.jsonl";
  const auto labels = cell_labels(kitchen(), "000000.png");
  write_cells(path.string(), {labels, labels});
  EXPECT_EQ(read_cells(path.string()), (std::vector<CellLabels>{labels, labels}));
  std::string text = read_file(path);
  text.replace(text.rfind('['), 1, "[7,");  // a grid of 17 cells in the second line
  write_file(path, text);
  try {
    read_cells(path.string());
    FAIL() << "no exception";
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("cells.jsonl:2"));
  }
}

}  // namespace
}  // namespace plumbline::world
