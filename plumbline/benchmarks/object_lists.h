// The objects that a judge lists.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace plumbline::benchmarks {

// The objects that a judge's reply lists: a JSON list as the whole reply, within a "```json" fence,
// or as the last line. Nothing if there is none; the reference then asks again. Entries that are
// neither texts nor numbers make a list unreadable.
std::optional<std::vector<std::string>> listed_objects(const std::string& reply);

// An answer of so few words is taken to name nothing; no judge is asked.
bool is_short_answer(const std::string& answer);

}  // namespace plumbline::benchmarks
