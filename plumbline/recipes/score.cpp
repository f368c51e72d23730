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
#include "plumbline/data/order.h"
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

void print_logprobs(const data::ScoreRecord& record, const text::TokenIds& tokens,
                    const std::vector<double>& logprobs) {
  double sum = 0;
  for (const double logprob : logprobs) sum += logprob;
  check_finite(sum, record);
  const nlohmann::json line = {
      {"id", record.id}, {"tokens", tokens}, {"logprobs", logprobs}, {"sum", sum}};
  std::printf("%s\n", line.dump().c_str());
}

void score_logprobs(engine::Assistant& assistant, engine::FeatureStore& store,
                    const std::vector<data::ScoreRecord>& records) {
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
      print_logprobs(records[static_cast<size_t>(i)], tokens, {next, end});
      next = end;
    }
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
  if (input) input->read_facts(c.data.facts, asked_about);
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

void score_rewards(engine::Assistant& assistant, engine::FeatureStore& store,
                   const std::vector<data::ScoreRecord>& records, const config::Config& c) {
  std::vector<std::string> images;
  for (const auto& record : records) {
    if (record.images.size() > 1) {
      throw unfit(record, "at most one image, for a reward", "several images");
    }
    images.push_back(record.images.empty() ? "" : record.images.front());
  }
  const auto sequences = reward_sequences(assistant, records, images, c);
  store.prepare(assistant.model, images_of(records));
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
  auto assistant = engine::load_assistant(c, device);
  for (const auto& record : records) {
    if (record.images.empty() || assistant.model.config().takes_images()) continue;
    throw unfit(record, "text only, as the model takes no images", "images");
  }
  const at::NoGradGuard no_grad;
  engine::FeatureStore store(assistant.preprocess, c.data.images);
  if (!c.model.reward_adapter.empty()) {
    engine::attach_reward(assistant.model, c.model, "score");
    return score_rewards(assistant, store, records, c);
  }
  const model::AdapterScope scope(assistant.model, engine::attach_policy(assistant.model, c.model));
  score_logprobs(assistant, store, records);
}

}  // namespace plumbline::recipes
