// Log-probabilities, or rewards, of answers that are given.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/json.h"
#include "plumbline/data/order.h"
#include "plumbline/data/score_records.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/reward_scorer.h"
#include "plumbline/engine/roles.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/nn/token_logprobs.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"
#include "plumbline/tensor/host.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {
namespace {

constexpr int64_t kRows = 8192;  // of a batch

DataError unfit(const data::ScoreRecord& record, const std::string& expected,
                const std::string& got) {
  return DataError(Complaint{.component = "score",
                             .doing = "reading an answer",
                             .expected = expected,
                             .got = got,
                             .where = record.where});
}

std::vector<std::string> images_of(const std::vector<data::ScoreRecord>& records) {
  std::set<std::string> images;
  for (const auto& record : records) images.insert(record.images.begin(), record.images.end());
  return {images.begin(), images.end()};
}

// Raw tokens, images expanded; all tokens but the first and the images' count as answers.
text::EncodedConversation expanded(const engine::Assistant& assistant,
                                   const data::ScoreRecord& record) {
  text::EncodedConversation out;
  const auto& format = assistant.format;
  const int64_t vocab = assistant.model.config().text.vocab_size;
  int64_t begin = 1;
  const auto end_range = [&](int64_t next) {
    if (std::ssize(out.ids) > begin) out.answers.emplace_back(begin, std::ssize(out.ids));
    begin = next;
  };
  for (const int64_t id : *record.ids) {
    const bool is_image = format.image_tokens > 0 && id == format.image_token;
    if (!is_image && (id < 0 || id >= vocab)) {
      throw unfit(record, fmt::format("ids from 0 to {}", vocab - 1), fmt::format("{}", id));
    }
    if (is_image) end_range(std::ssize(out.ids) + format.image_tokens);
    out.num_images += is_image;
    out.ids.insert(out.ids.end(), is_image ? static_cast<size_t>(format.image_tokens) : 1, id);
  }
  if (out.num_images != std::ssize(record.images)) {
    throw unfit(record, fmt::format("one image token for each of {} images", record.images.size()),
                fmt::format("{}", out.num_images));
  }
  end_range(0);
  return out;
}

text::EncodedConversation encode(const engine::Assistant& assistant,
                                 const data::ScoreRecord& record) {
  if (record.ids) return expanded(assistant, record);
  auto turns = record.turns;
  for (auto& turn : turns) turn.is_trained = &turn == &turns.back();
  return text::encode(assistant.tokenizer, assistant.format, turns);
}

void check_finite(double value, const data::ScoreRecord& record) {
  if (std::isfinite(value)) return;
  throw NumericError(Complaint{.component = "score",
                               .doing = "scoring an answer",
                               .expected = "finite numbers",
                               .got = std::isnan(value) ? "not a number" : "infinity",
                               .where = record.where,
                               .hint = "look for broken weights, or try --dtype float32."});
}

using Encoded = std::vector<text::EncodedConversation>;

// Log-probabilities of the records' tokens, one after the other.
std::vector<double> score_part(engine::Assistant& assistant, const engine::FeatureStore& store,
                               const std::vector<data::ScoreRecord>& records,
                               const Encoded& encoded, const std::vector<int64_t>& part) {
  std::vector<const text::EncodedConversation*> conversations;
  std::vector<const text::TokenIds*> ids;
  std::vector<std::string> images;
  for (const int64_t i : part) {
    const auto n = static_cast<size_t>(i);
    conversations.push_back(&encoded[n]);
    ids.push_back(&encoded[n].ids);
    images.insert(images.end(), records[n].images.begin(), records[n].images.end());
  }
  const at::Device device = assistant.device();
  const auto targets = text::answer_targets(conversations);
  const at::Tensor hidden =
      engine::hidden(assistant.model, engine::make_batch(ids, images, store, device));
  const auto scored =
      nn::token_logprobs(hidden.index_select(0, tensor::to_tensor(targets.rows, device)),
                         assistant.model.head_weight(), tensor::to_tensor(targets.tokens, device));
  const at::Tensor values = scored.logprobs.to(at::kCPU, at::kDouble).contiguous();
  return {values.const_data_ptr<double>(), values.const_data_ptr<double>() + values.numel()};
}

// Takes the line of one record.
using Sink = std::function<void(nlohmann::json&& line)>;

void hand_over(const Sink& sink, const data::ScoreRecord& record, const text::TokenIds& tokens,
               const std::vector<double>& logprobs) {
  double sum = 0;
  for (const double logprob : logprobs) sum += logprob;
  check_finite(sum, record);
  sink({{"id", record.id}, {"tokens", tokens}, {"logprobs", logprobs}, {"sum", sum}});
}

void score_logprobs(engine::Assistant& assistant, engine::FeatureStore& store,
                    const std::vector<data::ScoreRecord>& records, const Sink& sink) {
  Encoded encoded;
  std::vector<int64_t> lengths;
  for (const auto& record : records) {
    encoded.push_back(encode(assistant, record));
    lengths.push_back(std::ssize(encoded.back().ids));
    engine::check_length(assistant, lengths.back(), "an answer", record.where);
  }
  store.prepare(assistant.model, images_of(records));
  for (const auto& part : data::micro_batches(lengths, kRows)) {
    const auto logprobs = score_part(assistant, store, records, encoded, part);
    auto next = logprobs.begin();
    for (const int64_t i : part) {
      const auto& one = encoded[static_cast<size_t>(i)];
      const text::TokenIds tokens = text::answer_targets({&one}).tokens;
      const auto end = next + std::ssize(tokens);
      hand_over(sink, records[static_cast<size_t>(i)], tokens, {next, end});
      next = end;
    }
    stop_if_interrupted();
  }
}

// What the reward model is asked of a record; its answers are those of a choice, or one.
api::Candidates candidates_of(const data::ScoreRecord& record) {
  return {.images = record.images,
          .turns = record.question(),
          .answers = record.all_answers(),
          .facts = record.facts,
          .fact_kind = record.fact_kind};
}

// {"id", "reward"}; with several answers {"id", "rewards", "best", "answer"}: the place of the
// highest reward, the first of equals, and what stands there.
void hand_over(const Sink& sink, const data::ScoreRecord& record,
               const std::vector<double>& rewards) {
  for (const double reward : rewards) check_finite(reward, record);
  nlohmann::json line{{"id", record.id}};
  if (record.answers.empty()) {
    line["reward"] = rewards.front();
  } else {
    const auto best = std::max_element(rewards.begin(), rewards.end()) - rewards.begin();
    line["rewards"] = rewards;
    line["best"] = best;
    line["answer"] = record.answers[static_cast<size_t>(best)];
  }
  sink(std::move(line));
}

// Rewards of all records that are questions with answers.
std::vector<std::vector<double>> asked_rewards(engine::RewardModel& model,
                                               engine::FeatureStore& store,
                                               const std::vector<data::ScoreRecord>& records,
                                               const config::Config& c) {
  std::vector<api::Candidates> questions;
  std::vector<engine::FactRequest> requests;
  for (const auto& record : records) {
    if (record.ids) continue;
    questions.push_back(candidates_of(record));
    requests.push_back(engine::fact_request(questions.back()));
  }
  if (questions.empty()) return {};
  auto input = engine::load_reward_input(c);
  input.read_facts(c.data.facts, requests, c.data.missing_facts);
  input.check_budget(model.assistant.tokenizer, requests);
  engine::RewardScorer scorer(model.assistant, store, input, model.head, engine::kScoringRows,
                              random_key(c.run.seed, "score"));
  return scorer.score(questions);
}

// Rewards of raw tokens, which are scored as they are.
std::vector<std::vector<double>> raw_rewards(engine::RewardModel& model,
                                             engine::FeatureStore& store,
                                             const std::vector<data::ScoreRecord>& records) {
  std::vector<engine::Branches> raw;
  for (const auto& record : records) {
    if (!record.ids) continue;
    raw.push_back(engine::branches_of({expanded(model.assistant, record).ids}, record.images));
    engine::check_length(model.assistant, raw.back().num_rows(), "an answer with its judgement",
                         record.where);
  }
  return engine::score_branches(model.assistant, store, raw, model.head, kRows);
}

void score_rewards(engine::RewardModel& model, engine::FeatureStore& store,
                   const std::vector<data::ScoreRecord>& records, const config::Config& c,
                   const Sink& sink) {
  const auto asked = asked_rewards(model, store, records, c);
  const auto given = raw_rewards(model, store, records);
  auto next_asked = asked.begin();
  auto next_given = given.begin();
  for (const auto& record : records) {
    hand_over(sink, record, record.ids ? *next_given++ : *next_asked++);
  }
}

void refuse_images(const engine::Assistant& assistant,
                   const std::vector<data::ScoreRecord>& records) {
  if (assistant.model.config().takes_images()) return;
  for (const auto& record : records) {
    if (!record.images.empty()) {
      throw unfit(record, "text only, as the model takes no images", "images");
    }
  }
}

void print_line(const nlohmann::json& line) { std::printf("%s\n", json_text(line).c_str()); }

void score_all(const config::Config& c, const std::vector<data::ScoreRecord>& records,
               const Sink& sink) {
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  const at::NoGradGuard no_grad;
  if (!c.model.reward_adapter.empty()) {
    auto model = engine::load_reward_model(c, device, "score");
    refuse_images(model.assistant, records);
    engine::FeatureStore store(model.assistant.preprocess, c.data.images);
    return score_rewards(model, store, records, c, sink);
  }
  for (const auto& record : records) {
    if (record.answers.empty()) continue;
    throw unfit(record, "one answer, for log-probabilities", "answers to choose from");
  }
  auto assistant = engine::load_assistant(c, device);
  refuse_images(assistant, records);
  engine::FeatureStore store(assistant.preprocess, c.data.images);
  const model::AdapterScope scope(assistant.model, engine::attach_policy(assistant.model, c.model));
  score_logprobs(assistant, store, records, sink);
}

}  // namespace

void score(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto records = data::read_score_records(invocation.in);
  if (c.run.out.empty()) return score_all(c, records, print_line);
  auto run = train::RunFolder::open("score", invocation.loaded,
                                    {invocation.resume, invocation.force, invocation.files()},
                                    invocation.command);
  std::vector<nlohmann::json> lines;
  score_all(c, records, [&](nlohmann::json&& line) { lines.push_back(std::move(line)); });
  formats::write_records((run.path() / "scores.jsonl").string(), lines);
  run.finish();
}

}  // namespace plumbline::recipes
