// Log-probabilities, or rewards, of answers that are given.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/data/score_records.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/reward_input.h"
#include "plumbline/engine/roles.h"
#include "plumbline/nn/token_logprobs.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"
#include "plumbline/tensor/host.h"

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

// A record as token rows, and the rows [begin, end) whose tokens are scored, image rows left out.
struct Encoded {
  text::TokenIds ids;
  int64_t begin = 0;
  int64_t end = 0;
};

Encoded expanded(const engine::Assistant& assistant, const data::ScoreRecord& record) {
  Encoded out{.ids = {}, .begin = 1};
  const auto& format = assistant.format;
  const int64_t vocab = assistant.model.config().text.vocab_size;
  int64_t images = 0;
  for (const int64_t id : *record.ids) {
    const bool is_image = format.image_tokens > 0 && id == format.image_token;
    if (!is_image && (id < 0 || id >= vocab)) {
      throw unfit(record, fmt::format("ids from 0 to {}", vocab - 1), fmt::format("{}", id));
    }
    images += is_image;
    out.ids.insert(out.ids.end(), is_image ? static_cast<size_t>(format.image_tokens) : 1, id);
  }
  if (images != std::ssize(record.images)) {
    throw unfit(record, fmt::format("one image token for each of {} images", record.images.size()),
                fmt::format("{}", images));
  }
  out.end = std::ssize(out.ids);
  return out;
}

Encoded encode(const engine::Assistant& assistant, const data::ScoreRecord& record) {
  if (!record.images.empty() && !assistant.model.config().takes_images()) {
    throw unfit(record, "text only, as the model takes no images", "images");
  }
  if (record.ids) return expanded(assistant, record);
  auto turns = record.turns;
  for (auto& turn : turns) turn.is_trained = &turn == &turns.back();
  auto conversation = text::encode(assistant.tokenizer, assistant.format, turns);
  const auto [begin, end] = conversation.answers.back();
  return {std::move(conversation.ids), begin, end};
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

struct Scored {
  text::TokenIds tokens;
  std::vector<double> logprobs;
};

// Records [first, last) as one batch.
std::vector<Scored> score_batch(engine::Assistant& assistant, const engine::FeatureStore& store,
                                const std::vector<data::ScoreRecord>& records,
                                const std::vector<Encoded>& encoded, size_t first, size_t last) {
  std::vector<Scored> out(last - first);
  std::vector<int64_t> ids, lengths, rows, tokens;
  std::vector<std::string> images;
  for (size_t i = first; i < last; ++i) {
    const auto begin = std::ssize(ids);
    const Encoded& e = encoded[i];
    ids.insert(ids.end(), e.ids.begin(), e.ids.end());
    lengths.push_back(std::ssize(e.ids));
    images.insert(images.end(), records[i].images.begin(), records[i].images.end());
    for (int64_t t = e.begin; t < e.end; ++t) {
      const int64_t id = e.ids[static_cast<size_t>(t)];
      if (assistant.format.image_tokens > 0 && id == assistant.format.image_token) continue;
      rows.push_back(begin + t - 1);
      tokens.push_back(id);
      out[i - first].tokens.push_back(id);
    }
  }
  const at::Device device = assistant.device();
  const engine::Batch batch{tensor::to_tensor(ids, device), tensor::Spans::from_lengths(lengths),
                            images.empty() ? at::Tensor() : store.features(images)};
  const at::Tensor hidden = engine::hidden(assistant.model, batch);
  const auto scored =
      nn::token_logprobs(hidden.index_select(0, tensor::to_tensor(rows, device)),
                         assistant.model.head_weight(), tensor::to_tensor(tokens, device));
  const at::Tensor values = scored.logprobs.to(at::kCPU, at::kDouble).contiguous();
  const double* next = values.const_data_ptr<double>();
  for (Scored& s : out) {
    s.logprobs.assign(next, next + s.tokens.size());
    next += s.tokens.size();
  }
  return out;
}

void print_logprobs(engine::Assistant& assistant, const engine::FeatureStore& store,
                    const std::vector<data::ScoreRecord>& records) {
  std::vector<Encoded> encoded;
  for (const auto& record : records) {
    encoded.push_back(encode(assistant, record));
    engine::check_length(assistant, std::ssize(encoded.back().ids), "an answer", record.where);
  }
  for (size_t first = 0; first < records.size();) {
    size_t last = first;
    for (int64_t rows = 0; last < records.size(); ++last) {
      rows += std::ssize(encoded[last].ids);
      if (last > first && rows > kRows) break;
    }
    const auto scored = score_batch(assistant, store, records, encoded, first, last);
    for (size_t i = first; i < last; ++i) {
      const Scored& s = scored[i - first];
      double sum = 0;
      for (const double logprob : s.logprobs) sum += logprob;
      check_finite(sum, records[i]);
      const nlohmann::json line = {
          {"id", records[i].id}, {"tokens", s.tokens}, {"logprobs", s.logprobs}, {"sum", sum}};
      std::printf("%s\n", line.dump().c_str());
    }
    first = last;
    stop_if_interrupted();
  }
}

// A conversation as the reward model is asked about it; raw tokens as they are.
std::vector<text::TokenIds> reward_sequences(const engine::Assistant& assistant,
                                             const std::vector<data::ScoreRecord>& records,
                                             const std::vector<std::string>& images,
                                             const config::Config& c) {
  std::vector<std::string> asked_about;
  for (size_t i = 0; i < records.size(); ++i) {
    if (!records[i].ids) asked_about.push_back(images[i]);
  }
  std::optional<engine::RewardInput> input;
  if (!asked_about.empty()) input = engine::RewardInput::load(c.model.reward_adapter);
  if (input && input->has_facts()) input->read_facts(c.data.facts, asked_about);
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "score");
  std::vector<text::TokenIds> sequences;
  for (size_t i = 0; i < records.size(); ++i) {
    if (records[i].ids) {
      sequences.push_back(expanded(assistant, records[i]).ids);
    } else {
      auto turns = records[i].turns;
      const std::string answer = turns.back().text;
      turns.pop_back();
      sequences.push_back(input->encode(assistant, turns, answer, images[i], key.at(i)));
    }
    engine::check_length(assistant, std::ssize(sequences.back()), "an answer with its judgement",
                         records[i].where);
  }
  return sequences;
}

void print_rewards(engine::Assistant& assistant, const engine::FeatureStore& store,
                   const std::vector<data::ScoreRecord>& records, const config::Config& c) {
  std::vector<std::string> images;
  for (const auto& record : records) {
    if (record.images.size() > 1) {
      throw unfit(record, "at most one image, for a reward", "several images");
    }
    images.push_back(record.images.empty() ? "" : record.images.front());
  }
  const auto sequences = reward_sequences(assistant, records, images, c);
  const auto rewards =
      engine::score_sequences(assistant.model, store, sequences, images, engine::kReward, kRows);
  for (size_t i = 0; i < records.size(); ++i) {
    check_finite(rewards[i], records[i]);
    const nlohmann::json line = {{"id", records[i].id}, {"reward", rewards[i]}};
    std::printf("%s\n", line.dump().c_str());
  }
}

}  // namespace

void score(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto records = data::read_score_records(invocation.in);
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  auto assistant = engine::load_assistant(c.model.path, c.model.conversation,
                                          tensor::choose_dtype(c.run.dtype, device), device);
  const at::NoGradGuard no_grad;
  engine::FeatureStore store(assistant.preprocess, c.data.images);
  std::set<std::string> images;
  for (const auto& record : records) images.insert(record.images.begin(), record.images.end());
  store.prepare(assistant.model, {images.begin(), images.end()});
  if (!c.model.reward_adapter.empty()) {
    engine::attach_reward(assistant.model, c.model, "score");
    return print_rewards(assistant, store, records, c);
  }
  const model::AdapterScope scope(assistant.model, engine::attach_policy(assistant.model, c.model));
  print_logprobs(assistant, store, records);
}

}  // namespace plumbline::recipes
