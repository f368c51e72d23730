#include "plumbline/world/splits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/progress.h"
#include "plumbline/data/facts.h"
#include "plumbline/data/records.h"
#include "plumbline/image/png.h"
#include "plumbline/world/answers.h"
#include "plumbline/world/benchmark.h"
#include "plumbline/world/cells.h"
#include "plumbline/world/grounding.h"
#include "plumbline/world/language.h"
#include "plumbline/world/questions.h"
#include "plumbline/world/reading.h"
#include "plumbline/world/render.h"
#include "plumbline/world/scene_sampler.h"

namespace plumbline::world {
namespace {

constexpr double kSftDescriptions = 0.4, kPromptDescriptions = 0.45;
constexpr int64_t kFewestRounds = 3, kMostRounds = 6;  // of a base conversation about a picture
constexpr uint64_t kMostDraws = 16;                    // attempts to find so many questions
constexpr double kFocusedShare = 0.3;                  // answers that tell no more than was asked
// Shares of the base's pictures that have such a conversation.
constexpr double kReadingShare = 0.8, kGridShare = 0.25, kInventoryShare = 0.5,
                 kDescriptionShare = 0.6, kPlacesShare = 0.35, kRelationsShare = 0.35;
// Relations are what small models learn last: one word of the answer depends on the picture.
constexpr double kMoreRelations = 0.2;    // of the questions, beside their equal share
constexpr double kSftTypicalShare = 0.9;  // invented objects that are typical for the environment
constexpr int kBenchmarkQuestions = 4;    // per picture, beside the yes_no ones

// Everything a split may hold; what stays empty is not written, except what a split promises.
struct Records {
  data::Facts facts;
  std::vector<data::Conversation> conversations;
  std::vector<data::Prompt> prompts;
  std::vector<BenchmarkItem> items;
  std::vector<CellLabels> cells;
};

// Hands out question types so that their numbers stay equal: the least used one that the scene
// allows.
class TypeBalance {
 public:
  explicit TypeBalance(const std::string& excluded) {
    for (const std::string& type : question_types()) {
      if (type != excluded) used_[type] = 0;
    }
  }
  std::string next(const Scene& scene, Random& random) {
    std::vector<std::string> best;
    int64_t fewest = INT64_MAX;
    for (const auto& [type, count] : used_) {
      if (count > fewest || !can_ask(type, scene)) continue;
      if (count < fewest) best.clear();
      fewest = count;
      best.push_back(type);
    }
    const std::string type = random.pick(best);
    ++used_[type];
    return type;
  }

 private:
  std::map<std::string, int64_t> used_;
};

// Makes the records of one picture after the other.
class SplitWriter {
 public:
  SplitWriter(const SplitOptions& options) : options_(options) {}

  void add(const Scene& scene, int64_t index, RandomKey key) {
    const std::string stem = fmt::format("{:06}", index);
    const std::string image = stem + ".png";
    const std::string id = options_.split + "-" + stem;
    records_.facts[image] = captions(scene, key.at("facts"));
    const RandomKey talk = key.at("talk");
    if (options_.split == "base") return add_base(scene, id, image, talk);
    if (options_.split == "sft") return add_sft(scene, id, image, talk);
    if (options_.split == "benchmark") return add_benchmark(scene, id, image, talk);
    add_prompt(scene, id, image, talk);
  }

  void write(const fs::path& folder) const {
    const auto file = [&](const char* name) { return (folder / name).string(); };
    const std::string& split = options_.split;
    data::write_facts(file("facts.json"), records_.facts);
    const bool has_prompts = split == "comparisons" || split == "ppo";
    if (split == "base" || split == "sft") {
      data::write_conversations(file("conversations.json"), records_.conversations);
    }
    if (split == "base") write_cells(file("scenes.jsonl"), records_.cells);
    if (has_prompts) data::write_prompts(file("prompts.json"), records_.prompts);
    if (has_prompts || split == "benchmark")
      write_benchmark(file("benchmark.jsonl"), records_.items);
  }

 private:
  BenchmarkItem draw_item(const Scene& scene, double description_share, Random& random,
                          RandomKey key) {
    const bool is_description = random.chance(description_share);
    return ask(is_description ? "description" : types_.next(scene, random), scene, key);
  }

  void add_answer(const BenchmarkItem& item, const std::string& id, const std::string& image,
                  const std::string& text) {
    records_.conversations.push_back(
        {id, {image}, {{true, text::with_image(item.question)}, {false, text}}});
  }

  // A picture's conversations: see splits.h.
  void add_base(const Scene& scene, const std::string& id, const std::string& image,
                RandomKey key) {
    Random random(key);
    records_.cells.push_back(cell_labels(scene, image));
    auto& all = records_.conversations;
    all.push_back(questions(scene, id + "-0", image, key.at("questions")));
    if (random.chance(kReadingShare)) {
      all.push_back(reading_conversation(scene, id + "-1", image, key.at("reading")));
    }
    if (random.chance(kGridShare)) all.push_back(grid_conversation(scene, id + "-2", image));
    if (random.chance(kInventoryShare)) {
      all.push_back(inventory_conversation(scene, id + "-3", image, key.at("inventory")));
    }
    if (random.chance(kDescriptionShare)) {
      const auto item = ask("description", scene, key.at("description"));
      add_answer(item, id + "-4", image, item.reference);
    }
    if (random.chance(kPlacesShare)) {
      all.push_back(places_conversation(scene, id + "-5", image, key.at("places")));
    }
    if (random.chance(kRelationsShare)) {
      auto talk = relations_conversation(scene, id + "-6", image, key.at("relations"));
      if (!talk.turns.empty()) all.push_back(std::move(talk));
    }
  }

  // Several rounds of question and true answer, so that a picture is looked at once and asked about
  // often. No round is about a thing that was spoken of before: what the text tells already teaches
  // nothing about the picture.
  data::Conversation questions(const Scene& scene, const std::string& id, const std::string& image,
                               RandomKey key) {
    Random random(key);
    data::Conversation talk{id, {image}, {}};
    std::set<int> named;  // -1 stands for the place
    const int64_t num_rounds = random.between(kFewestRounds, kMostRounds);
    for (uint64_t draw = 0; draw < kMostDraws && std::ssize(talk.turns) < 2 * num_rounds; ++draw) {
      const auto item = ask(draw_base_type(scene, random), scene, key.at(draw));
      if (named.contains(item.subject) || (item.other >= 0 && named.contains(item.other))) continue;
      named.insert({item.subject, item.other >= 0 ? item.other : item.subject});
      talk.turns.push_back(
          {true, talk.turns.empty() ? text::with_image(item.question) : item.question});
      talk.turns.push_back({false, answer(item, scene, draw_style(random))});
    }
    return talk;
  }

  std::string draw_base_type(const Scene& scene, Random& random) {
    const bool is_relation = random.chance(kMoreRelations) && can_ask("relation", scene);
    return is_relation ? "relation" : types_.next(scene, random);
  }

  void add_sft(const Scene& scene, const std::string& id, const std::string& image, RandomKey key) {
    Random random(key);
    const int64_t count = random.between(1, 3);
    for (int64_t i = 0; i < count; ++i) {
      const RandomKey own = key.at(static_cast<uint64_t>(i));
      const auto item = draw_item(scene, kSftDescriptions, random, own);
      const AnswerStyle style = draw_style(random);
      const bool is_unsupported =
          can_be_unsupported(item, style) && random.chance(options_.unsupported_share);
      const Misbelief how{.with_denial = false, .typical_share = kSftTypicalShare};
      const Scene believed =
          is_unsupported ? misbelieve(item, style, how, own.at("mistake")) : scene;
      add_answer(item, fmt::format("{}-{}", id, i), image, answer(item, believed, style));
    }
  }

  // Where inventing objects and attributes is natural. Comparisons, relations, places and letters
  // stay true, as does "yes.", whose only mistake would be a denial.
  static bool can_be_unsupported(const BenchmarkItem& item, AnswerStyle style) {
    static const std::vector<std::string> types = {"attribute", "adversarial", "counting",
                                                   "description", "yes_no"};
    if (item.expected == "yes" && style == AnswerStyle::Focused) return false;
    return std::find(types.begin(), types.end(), item.type) != types.end();
  }

  void add_prompt(const Scene& scene, const std::string& id, const std::string& image,
                  RandomKey key) {
    Random random(key);
    BenchmarkItem item = draw_item(scene, kPromptDescriptions, random, key.at("question"));
    item.id = id;
    item.image = image;
    data::Prompt prompt;
    prompt.id = id;
    prompt.image = image;
    prompt.turns = {{true, text::with_image(item.question)}};
    prompt.caption_type = caption_type(item);
    records_.prompts.push_back(prompt);
    records_.items.push_back(std::move(item));
  }

  void add_benchmark(const Scene& scene, const std::string& id, const std::string& image,
                     RandomKey key) {
    Random random(key);
    std::vector<BenchmarkItem> items;
    for (int i = 0; i < kBenchmarkQuestions; ++i) {
      items.push_back(
          ask(benchmark_types_.next(scene, random), scene, key.at(static_cast<uint64_t>(i))));
    }
    for (const std::string& sampling : samplings()) {
      items.push_back(ask_existence(sampling, scene, key.at(sampling)));
    }
    for (size_t i = 0; i < items.size(); ++i) {
      items[i].id = fmt::format("{}-{}", id, i);
      items[i].image = image;
      records_.items.push_back(std::move(items[i]));
    }
  }

  static AnswerStyle draw_style(Random& random) {
    return random.chance(kFocusedShare) ? AnswerStyle::Focused : AnswerStyle::Full;
  }

  const SplitOptions options_;
  Records records_;
  TypeBalance types_{"description"};
  TypeBalance benchmark_types_{"yes_no"};
};

constexpr const char* kSplits[] = {"base", "sft", "comparisons", "ppo", "benchmark"};

void check(const SplitOptions& o) {
  const auto fail = [](const std::string& expected, const std::string& got) {
    throw ConfigError(Complaint{
        .component = "world", .doing = "writing a split", .expected = expected, .got = got});
  };
  if (std::find(std::begin(kSplits), std::end(kSplits), o.split) == std::end(kSplits)) {
    fail(fmt::format("one of {}", fmt::join(kSplits, ", ")), "'" + o.split + "'");
  }
  if (o.num_images < 1) fail("at least 1 image", std::to_string(o.num_images));
  for (const double share : {o.faint_share, o.pixel_noise, o.typical_share, o.unsupported_share}) {
    if (!(share >= 0 && share <= 1)) fail("shares from 0 to 1", fmt::format("{}", share));
  }
}

}  // namespace

void write_split(const SplitOptions& options, const fs::path& out) {
  check(options);
  const SceneOptions scenes{.faint_share = options.faint_share,
                            .typical_share = options.typical_share,
                            .use_held_out = options.split == "benchmark"};
  const RandomKey key = random_key(options.seed, "world." + options.split);
  write_folder(out, [&](const fs::path& folder) {
    make_folders(folder / "images");
    SplitWriter writer(options);
    Progress progress("world " + options.split, options.num_images);
    for (int64_t i = 0; i < options.num_images; ++i) {
      const RandomKey own = key.at(static_cast<uint64_t>(i));
      const Scene scene = sample_scene(scenes, own.at("scene"));
      writer.add(scene, i, own);
      const auto picture = render(scene, options.pixel_noise, own.at("pixels"));
      // Not write_file: the whole folder appears at once, and flushing each picture would take
      // longer than drawing it.
      append_file(folder / "images" / fmt::format("{:06}.png", i), image::png_bytes(picture));
      progress.update(i + 1);
      stop_if_interrupted();
    }
    writer.write(folder);
  });
}

}  // namespace plumbline::world
