// A look through training data before anything long starts.
#include <cstdio>

#include "plumbline/base/error.h"
#include "plumbline/base/log.h"
#include "plumbline/data/data_report.h"
#include "plumbline/data/examples.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/image/decode.h"
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
    std::printf("%s\n", data::report_json(report)
                            .dump(1, ' ', false, nlohmann::json::error_handler_t::replace)
                            .c_str());
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
