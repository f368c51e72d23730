// Object HalBench: which of the objects that a judge finds in descriptions of COCO's images are not
// there (Yu et al. 2023, arXiv 2312.00849; RLAIF-V, arXiv 2405.17220).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plumbline/eval/benchmark.h"

namespace plumbline::eval {

// The objects that a judge's reply lists: a JSON list as the whole reply, within a "```json" fence,
// or as the last line. Nothing if there is none; the reference then asks again. Entries that are
// neither texts nor numbers make a list unreadable.
std::optional<std::vector<std::string>> listed_objects(const std::string& reply);

// An answer of so few words is taken to name nothing; no judge is asked.
bool is_short_answer(const std::string& answer);

Benchmark object_halbench();

}  // namespace plumbline::eval
