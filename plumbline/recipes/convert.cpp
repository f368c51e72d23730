// Official annotation files of public data sets as training data.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <functional>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/log.h"
#include "plumbline/data/comparison.h"
#include "plumbline/data/convert_aokvqa.h"
#include "plumbline/data/convert_coco_captions.h"
#include "plumbline/data/convert_flickr30k.h"
#include "plumbline/data/convert_sugarcrepe.h"
#include "plumbline/data/convert_vqav2.h"
#include "plumbline/data/facts.h"
#include "plumbline/recipes/stages.h"

namespace plumbline::recipes {
namespace {

ConfigError refused(std::string expected, std::string got) {
  return ConfigError(Complaint{.component = "convert",
                               .doing = "reading flags",
                               .expected = std::move(expected),
                               .got = std::move(got),
                               .hint = "see docs/guide/convert.md."});
}

// The flags of one call, each asked for by name.
class Named {
 public:
  Named(const std::map<std::string, std::string>& values, std::string data_set)
      : values_(values), data_set_(std::move(data_set)) {}

  std::string text(const std::string& name, const std::string& otherwise = "") {
    asked_.insert(name);
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : found->second;
  }
  std::string file(const std::string& name) {
    const std::string value = text(name);
    if (value.empty()) throw refused("--" + name + " for " + data_set_, "none");
    return value;
  }
  double share(const std::string& name, double otherwise) {
    const std::string value = text(name);
    if (value.empty()) return otherwise;
    double result = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error != std::errc() || end != value.data() + value.size() ||
        !(result >= 0 && result < 1)) {
      throw refused("--" + name + " to be a share of 0 or more and less than 1", "'" + value + "'");
    }
    return result;
  }
  int64_t number(const std::string& name, int64_t otherwise = 0) {
    const std::string value = text(name);
    if (value.empty()) return otherwise;
    int64_t result = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error != std::errc() || end != value.data() + value.size() || result < 0) {
      throw refused("--" + name + " to be a whole number of 0 or more", "'" + value + "'");
    }
    return result;
  }
  bool choice(const std::string& name, const std::string& off, const std::string& on) {
    const std::string value = text(name, off);
    if (value != off && value != on)
      throw refused(fmt::format("--{} {} or {}", name, off, on), value);
    return value == on;
  }
  data::Tolerance tolerance() {
    const std::string allowed = text("allow", "none");
    const bool both = allowed == "both";
    if (!both && allowed != "none" && allowed != "missing" && allowed != "unmatched") {
      throw refused("--allow none, missing, unmatched or both", allowed);
    }
    return {.image_folder = text("images"),
            .skip_missing_images = both || allowed == "missing",
            .skip_unmatched = both || allowed == "unmatched"};
  }
  // Flags given that nobody asked for.
  void finish() const {
    for (const auto& [name, value] : values_) {
      if (!asked_.contains(name)) throw refused("flags of " + data_set_, "--" + name);
    }
  }

 private:
  const std::map<std::string, std::string>& values_;
  std::string data_set_;
  std::set<std::string> asked_;
};

struct Converted {
  std::vector<data::Conversation> conversations = {};
  std::vector<data::Prompt> prompts = {};
  data::Facts facts = {};
  std::map<std::string, int64_t> left_out = {};
  std::vector<data::Comparison> comparisons = {}, held_out = {};
  data::ComparisonForm form = data::ComparisonForm::Llava;
};

Converted vqav2(Named& named, int64_t seed) {
  const std::string questions = named.file("questions"), annotations = named.file("annotations");
  data::VqaOptions options{
      .images = {.year = named.choice("names", "2014", "2017") ? data::CocoYear::Y2017
                                                               : data::CocoYear::Y2014,
                 .folder = named.text("prefix")},
      .tolerance = named.tolerance(),
      .max_rounds = named.number("max-rounds"),
      .max_conversations = named.number("max-conversations"),
      .max_prompts = named.number("max-prompts"),
      .seed = seed};
  options.instruction = named.text("instruction", options.instruction);
  options.instruction_place = named.choice("instruction-place", "first", "every")
                                  ? data::InstructionPlace::EveryRound
                                  : data::InstructionPlace::FirstRound;
  named.finish();
  auto r = data::convert_vqav2(questions, annotations, options);
  return {std::move(r.conversations), std::move(r.prompts), {}, std::move(r.left_out)};
}

Converted aokvqa(Named& named, int64_t seed) {
  const std::string questions = named.file("questions");
  data::AokvqaOptions options{.image_folder_prefix = named.text("prefix"),
                              .tolerance = named.tolerance(),
                              .max_conversations = named.number("max-conversations"),
                              .max_prompts = named.number("max-prompts"),
                              .seed = seed};
  options.instruction = named.text("instruction", options.instruction);
  options.facts_prefix = named.text("facts-prefix", options.facts_prefix);
  named.finish();
  auto r = data::convert_aokvqa(questions, options);
  return {std::move(r.conversations), std::move(r.prompts), std::move(r.facts),
          std::move(r.left_out)};
}

Converted flickr30k(Named& named, int64_t seed) {
  const data::Flickr30kFiles files{.sentences = named.text("sentences"),
                                   .annotations = named.text("annotations"),
                                   .captions = named.text("captions"),
                                   .ids = named.text("ids")};
  const data::Flickr30kOptions options{.image_folder_prefix = named.text("prefix"),
                                       .tolerance = named.tolerance(),
                                       .split = named.text("split"),
                                       .question = named.text("instruction"),
                                       .frame = named.choice("places", "padded", "picture")
                                                    ? data::BoxFrame::Picture
                                                    : data::BoxFrame::PaddedSquare,
                                       .captions_per_image = named.number("captions-per-image", 1),
                                       .max_conversations = named.number("max-conversations"),
                                       .seed = seed};
  named.finish();
  auto r = data::convert_flickr30k(files, options);
  return {std::move(r.conversations), {}, std::move(r.facts), std::move(r.left_out)};
}

Converted coco_captions(Named& named, int64_t seed) {
  const std::string captions = named.file("captions");
  const data::CocoCaptionOptions options{.is_renamed_2017 = named.choice("names", "2014", "2017"),
                                         .image_folder_prefix = named.text("prefix"),
                                         .tolerance = named.tolerance(),
                                         .max_conversations = named.number("max-conversations"),
                                         .seed = seed};
  named.finish();
  auto r = data::convert_coco_captions(captions, options);
  return {std::move(r.conversations), {}, std::move(r.facts), std::move(r.left_out)};
}

Converted sugarcrepe(Named& named, int64_t seed) {
  const std::string pairs = named.file("pairs"), facts = named.file("facts");
  data::SugarCrepeOptions options{.image_folder_prefix = named.text("prefix"),
                                  .has_images = !named.choice("text-only", "false", "true"),
                                  .tolerance = named.tolerance(),
                                  .held_out_share = named.share("held-out", 0.2),
                                  .seed = seed};
  options.question = named.text("instruction", options.question);
  named.finish();
  auto r = data::convert_sugarcrepe(pairs, facts, options);
  return {.left_out = std::move(r.left_out),
          .comparisons = std::move(r.comparisons),
          .held_out = std::move(r.held_out)};
}

// Comparisons from one public form into the other, some of them to measure with.
Converted preferences(Named& named, int64_t seed) {
  const std::string pairs = named.file("pairs"), images = named.text("images");
  const bool is_llava = named.choice("form", "messages", "llava");
  const double share = named.share("held-out", 0);
  named.finish();
  Converted result;
  result.form = is_llava ? data::ComparisonForm::Llava : data::ComparisonForm::Messages;
  const RandomKey key = random_key(seed, "convert");
  for (auto& pair : data::read_comparisons(pairs, images)) {
    auto& part = data::is_held_out(pair, share, key) ? result.held_out : result.comparisons;
    part.push_back(std::move(pair));
  }
  return result;
}

void write_pairs(const fs::path& folder, const std::string& name,
                 const std::vector<data::Comparison>& pairs, data::ComparisonForm form) {
  if (pairs.empty()) return;
  const char* ending = form == data::ComparisonForm::Llava ? ".json" : ".jsonl";
  data::write_comparisons((folder / (name + ending)).string(), pairs, form);
}

}  // namespace

void convert(const Invocation& invocation) {
  static const std::map<std::string, std::function<Converted(Named&, uint64_t)>> known = {
      {"vqav2", vqav2},           {"aokvqa", aokvqa},
      {"flickr30k", flickr30k},   {"coco-captions", coco_captions},
      {"sugarcrepe", sugarcrepe}, {"preferences", preferences}};
  const std::string& data_set = invocation.inputs.at(0);
  const auto found = known.find(data_set);
  if (found == known.end()) {
    throw refused("vqav2, aokvqa, flickr30k, coco-captions, sugarcrepe or preferences",
                  "'" + data_set + "'");
  }
  const auto& run = invocation.loaded.config.run;
  const fs::path out = run.out;
  std::error_code error;
  const bool is_folder = fs::is_directory(out, error);
  if (fs::exists(out, error) && (!is_folder || !fs::is_empty(out, error))) {
    throw ConfigError(Complaint{.component = "convert",
                                .doing = "choosing where to write",
                                .expected = "a folder that does not exist or is empty",
                                .got = is_folder ? "one with files in it" : "a file",
                                .where = out.string(),
                                .hint = "choose another --out."});
  }
  Named named(invocation.named, data_set);
  const Converted result = found->second(named, run.seed);
  write_folder(out, [&](const fs::path& folder) {
    if (!result.conversations.empty()) {
      data::write_conversations((folder / "conversations.json").string(), result.conversations);
    }
    write_pairs(folder, "comparisons", result.comparisons, result.form);
    write_pairs(folder, "held_out", result.held_out, result.form);
    if (!result.prompts.empty()) {
      data::write_prompts((folder / "prompts.json").string(), result.prompts);
    }
    if (!result.facts.empty()) data::write_facts((folder / "facts.json").string(), result.facts);
  });
  if (result.comparisons.empty()) {
    log_info("{}: {} conversations, {} prompts, facts of {} images", out.string(),
             result.conversations.size(), result.prompts.size(), result.facts.size());
  } else {
    log_info("{}: {} comparisons, {} held out", out.string(), result.comparisons.size(),
             result.held_out.size());
  }
  for (const auto& [reason, count] : result.left_out) log_warning("left out: {} {}", count, reason);
}

}  // namespace plumbline::recipes
