// What a file of records is for.
#pragma once

#include <string>

namespace plumbline::data {

enum class RecordKind { Conversations, Prompts, Comparisons };

// By the first record of a file: one with two answers is a comparison (comparison.h), a
// conversation that ends with a question a prompt. Everything else, folders and mixtures are
// conversations. Throws IoError.
RecordKind record_kind(const std::string& path);

}  // namespace plumbline::data
