#include "plumbline/benchmarks/chair.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "plumbline/base/error.h"
#include "plumbline/benchmarks/coco_annotations.h"
#include "plumbline/benchmarks/coco_captions.h"
#include "plumbline/benchmarks/coco_truth.h"
#include "plumbline/benchmarks/object_counts.h"
#include "plumbline/data/coco_images.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::benchmarks {
namespace {

constexpr const char* kQuestion = "Please describe this image in detail.";
constexpr eval::Format kPercent = {.digits = 1, .scale = 100};

LemmaRule lemma_rule(const std::string& name) {
  return name == "noun" ? LemmaRule::Noun : name == "pos" ? LemmaRule::Pos : LemmaRule::Words;
}

// The images to caption, where a file of them is given: {image_id or image, question}.
std::vector<eval::Asked> read_questions(const eval::EvalRequest& request) {
  std::vector<eval::Asked> asked;
  if (request.file("questions").empty()) return asked;
  formats::for_each_record(request.file("questions"), [&](const formats::Record& record) {
    const auto id = eval::required_text(record.value, {"image_id", "image"}, record.where);
    asked.push_back(
        {.id = std::to_string(coco_image_id(id, record.where)),
         .question =
             eval::text_of(record.value, {"question", "text", "prompt"}, record.where).value_or(""),
         .image = eval::text_of(record.value, {"image", "image_file", "file_name"}, record.where)
                      .value_or(""),
         .where = record.where});
  });
  return asked;
}

class ChairFigures {
 public:
  explicit ChairFigures(eval::Tally& tally)
      : captions_(tally.column("captions")),
        hallucinating_(tally.column("hallucinating")),
        mentions_(tally.column("mentions")),
        hallucinated_(tally.column("hallucinated")),
        truth_(tally.column("truth")),
        found_(tally.column("found")),
        tokens_(tally.column("tokens")) {}

  void add(eval::Tally& tally, const std::string& image, const ObjectCounts& counts,
           size_t num_tokens) const {
    tally.add(image, captions_);
    tally.add(image, hallucinating_, counts.hallucinated > 0 ? 1 : 0);
    tally.add(image, mentions_, counts.mentions);
    tally.add(image, hallucinated_, counts.hallucinated);
    tally.add(image, truth_, counts.truth);
    tally.add(image, found_, counts.found);
    tally.add(image, tokens_, static_cast<double>(num_tokens));
  }
  static std::vector<eval::FigureSpec> specs() {
    return {{.name = "chair_s", .format = kPercent, .direction = -1, .is_main = true},
            {.name = "chair_i", .format = kPercent, .direction = -1, .is_main = true},
            {.name = "recall", .format = kPercent, .is_main = true},
            {.name = "length", .format = {.digits = 1}, .direction = 0}};
  }
  std::vector<double> values(const eval::Sums& sums) const {
    return {sums[hallucinating_] / sums[captions_], sums[hallucinated_] / sums[mentions_],
            sums[found_] / sums[truth_], sums[tokens_] / sums[captions_]};
  }

 private:
  uint32_t captions_, hallucinating_, mentions_, hallucinated_, truth_, found_, tokens_;
};

eval::Scoring score(const eval::EvalRequest& request) {
  const auto captions = read_coco_captions(request, read_questions(request));
  const bool is_refined = request.variant("chair.synonyms") == "refined";
  const CocoObjects objects(request.file("synonyms"),
                            is_refined ? SynonymRule::Refined : SynonymRule::Original);
  const CaptionWords words(lemma_rule(request.variant("chair.lemma")), request);
  std::set<int64_t> images;
  for (const auto& caption : captions) images.insert(caption.image_id);
  const auto truth = coco_truth(images, request, objects, words);

  eval::Tally tally;
  const ChairFigures figures(tally);
  eval::Scoring scoring{.malformed_as = "a caption without objects"};
  for (const auto& caption : captions) {
    const auto& objects_there = truth.at(caption.image_id);
    const auto merged = objects.merged(words(caption.text));
    const auto counts = count_objects(objects.mentions(merged), objects_there);
    const std::string image = std::to_string(caption.image_id);
    figures.add(tally, image, counts, merged.size());
    scoring.num_malformed += merged.empty();
    scoring.answers.push_back({.id = image,
                               .type = {},
                               .image = image,
                               .question = {},
                               .reference = fmt::format("{}", fmt::join(objects_there, ", ")),
                               .answer = caption.text,
                               .verdict = counts.shown,
                               .score = -counts.hallucinated,
                               .is_malformed = merged.empty()});
  }
  scoring.figures = ChairFigures::specs();
  scoring.num_sums = tally.num_columns();
  scoring.units = tally.units();
  scoring.values = [figures](const eval::Sums& sums) { return figures.values(sums); };
  scoring.notes.push_back(
      fmt::format("words reduced by chair.lemma={}, synonyms read by chair.synonyms={}: figures of "
                  "other rules are not comparable.",
                  request.variant("chair.lemma"), request.variant("chair.synonyms")));
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  if (request.file("questions").empty()) {
    throw ConfigError(
        Complaint{.component = "eval",
                  .doing = "asking for captions",
                  .expected = "the images to caption",
                  .got = "none",
                  .hint = "--questions FILE with {\"image_id\", \"image\"} per line."});
  }
  std::vector<eval::Prompt> prompts;
  for (const auto& asked : read_questions(request)) {
    const std::string file = data::coco_image({}, "val2014", std::stoll(asked.id));
    prompts.push_back({.id = asked.id,
                       .image = asked.image.empty() ? file : asked.image,
                       .question = asked.question.empty() ? kQuestion : asked.question,
                       .max_tokens = 512});
  }
  return prompts;
}

}  // namespace

eval::Benchmark chair() {
  eval::Benchmark benchmark{
      .name = "chair",
      .title = "CHAIR (Rohrbach et al. 2018, arXiv 1809.02156)",
      .reports = "captions and mentions with hallucinated objects, recall of objects, length",
      .inputs = {{"questions", "JSONL {image_id, image}: the images to caption", false},
                 {"answers", "captions {image_id, caption}, or CHAIR's {imgToEval}"}},
      .variants = {{"chair.lemma", {"words", "noun", "pos"}, "how words are reduced"},
                   {"chair.synonyms", {"original", "refined"}, "how the synonym file is read"}},
      .score = score,
      .prompts = prompts};
  for (auto& input : coco_inputs()) benchmark.inputs.push_back(std::move(input));
  benchmark.inputs.push_back(wordnet_input());
  benchmark.inputs.push_back(tagger_input());
  return benchmark;
}

}  // namespace plumbline::benchmarks
