// A look through training data before anything long starts.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/data/comparison.h"
#include "plumbline/data/data_report.h"
#include "plumbline/data/examples.h"
#include "plumbline/data/length_summary.h"
#include "plumbline/data/record_kind.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/image/decode.h"
#include "plumbline/image/image_source.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/text/shown_example.h"

namespace plumbline::recipes {
namespace {

constexpr int64_t kExamplesShown = 10;

// "" or what is wrong with the picture.
std::string picture_problem(const std::string& source) {
  try {
    image::decode(source);
    return "";
  } catch (const Error& e) {
    return e.what();
  }
}

void print_examples(const engine::ModelInput& input, const config::Config& c,
                    const std::string& file) {
  // What is bad has been reported.
  set_log_level(LogLevel::Error);
  const auto set = data::read_training_set(file, c.data.images, data::BadRecords::Skip);
  const int64_t step = std::max<int64_t>(1, std::ssize(set.records) / kExamplesShown);
  int64_t shown = 0;
  for (int64_t i = 0; i < std::ssize(set.records) && shown < kExamplesShown; i += step, ++shown) {
    const data::Conversation& record = set.records[static_cast<size_t>(i)];
    std::string text;
    try {
      text = text::marked_text(
          input.tokenizer, input.format,
          data::encode_record(input.tokenizer, input.format, record, c.sft.labels));
    } catch (const Error& e) {
      text = e.what();
    }
    std::printf("\n--- %s\n%s\n", record.id.c_str(), text.c_str());
  }
}

// How many pictures prompts or comparisons are about. Throws DataError for those that cannot be
// read.
template <class Record>
size_t count_pictures(const std::vector<Record>& records, const std::string& folder,
                      const std::string& file) {
  std::set<std::string> pictures;
  for (const auto& image : data::images_of(records)) {
    if (image.empty()) continue;
    pictures.insert(image::is_data_url(image) ? image : (fs::path(folder) / image).string());
  }
  std::vector<std::string> problems;
  for (const auto& picture : pictures) {
    stop_if_interrupted();
    if (auto problem = picture_problem(picture); !problem.empty())
      problems.push_back(std::move(problem));
  }
  if (problems.empty()) return pictures.size();
  const auto told = problems.begin() + std::min<int64_t>(std::ssize(problems), kExamplesShown);
  throw DataError(Complaint{.component = "data",
                            .doing = "looking at pictures",
                            .expected = "pictures that can be read",
                            .got = fmt::format("{} that cannot:\n  {}", problems.size(),
                                               fmt::join(problems.begin(), told, "\n  ")),
                            .where = file});
}

// Prompts or comparisons, whose reader has found nothing wrong: their questions as the model sees
// them.
template <class Record>
void report_questions(const Invocation& invocation, const engine::ModelInput& input,
                      const char* what, const std::vector<Record>& records,
                      const std::string& file) {
  const size_t pictures = count_pictures(records, invocation.loaded.config.data.images, file);
  std::vector<int64_t> lengths;
  const int64_t step = std::max<int64_t>(1, std::ssize(records) / kExamplesShown);
  std::string shown;
  for (int64_t i = 0; i < std::ssize(records); ++i) {
    const Record& record = records[static_cast<size_t>(i)];
    const auto encoded = text::encode_prompt(input.tokenizer, input.format, record.turns);
    lengths.push_back(std::ssize(encoded.ids));
    if (i % step != 0 || i / step >= kExamplesShown) continue;
    const auto text = text::marked_text(input.tokenizer, input.format, encoded);
    shown += fmt::format("\n--- {}\n{}\n", record.id, text);
  }
  const auto tokens = data::summarize_lengths(lengths);
  std::string out;
  if (invocation.json) {
    const nlohmann::ordered_json json{
        {"kind", what},
        {"records", records.size()},
        {"images", pictures},
        {"question_tokens", {{"min", tokens.min}, {"median", tokens.median}, {"max", tokens.max}}}};
    out = json_text(json, 1) + "\n";
  } else {
    out = fmt::format(
        "{} {} about {} pictures: nothing wrong with them\n"
        "questions have {} to {} tokens, the median {}\n{}",
        records.size(), what, pictures, tokens.min, tokens.max, tokens.median, shown);
  }
  std::fputs(out.c_str(), stdout);
}

}  // namespace

void check_data(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const std::string file = invocation.inputs.size() > 1 ? invocation.inputs[1] : c.data.train;
  if (file.empty()) {
    throw ConfigError(Complaint{.component = "data",
                                .doing = "choosing what to check",
                                .expected = "a file, or data.train",
                                .got = "neither"});
  }
  const auto input = engine::load_model_input(c.model.path, c.model.conversation);
  const auto kind = data::record_kind(file);
  if (kind == data::RecordKind::Prompts) {
    const auto prompts = data::read_prompts(file, c.data.images);
    return report_questions(invocation, input, "prompts", prompts, file);
  }
  if (kind == data::RecordKind::Comparisons) {
    const auto pairs = data::read_pairs(file, c.data.images);
    return report_questions(invocation, input, "comparisons", pairs, file);
  }
  const int64_t positions = config::longest_sequence(input.config.text);
  const auto report = data::report_data(
      file, c.data.images,
      [&](const data::Conversation& record) {
        return data::encode_record(input.tokenizer, input.format, record, c.sft.labels);
      },
      picture_problem,
      {.max_tokens = c.sft.max_tokens > 0 ? c.sft.max_tokens : positions,
       .too_long = c.sft.too_long,
       .image_token = input.format.image_token,
       .image_tokens = input.format.image_tokens});
  if (invocation.json) {
    std::printf("%s\n", json_text(data::report_json(report), 1).c_str());
  } else {
    std::printf("%s", data::report_text(report).c_str());
    if (report.num_records > report.num_bad) print_examples(input, c, file);
  }
  if (data::is_clean(report)) return;
  throw DataError(Complaint{.component = "data",
                            .doing = "checking training data",
                            .expected = "records that can all be trained on",
                            .got = "some that cannot; they are listed above",
                            .where = file,
                            .hint = "mend them, or train with data.bad_records = \"skip\" and the "
                                    "sft.too_long you want."});
}

}  // namespace plumbline::recipes
