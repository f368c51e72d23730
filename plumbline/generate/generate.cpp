#include "plumbline/generate/generate.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/tensor/host.h"
#include "plumbline/tensor/spans.h"

namespace plumbline::generate {
namespace {

// One answer being written.
struct Active {
  size_t sequence = 0;
  int64_t sample = 0;
  int64_t slot = 0;
};

class Decoder {
 public:
  Decoder(model::Llava& model, const std::vector<Sequence>& sequences,
          const SamplingOptions& options, int64_t num_slots, int64_t capacity,
          const std::function<void(int64_t)>& progress, const TokenWatcher& watch)
      : model_(model),
        sequences_(sequences),
        options_(options),
        progress_(progress),
        watch_(watch),
        cache_(model.make_cache(num_slots, capacity)) {
    for (int64_t slot = num_slots - 1; slot >= 0; --slot) free_.push_back(slot);
    for (const Sequence& sequence : sequences) {
      results_.emplace_back(static_cast<size_t>(sequence.num_samples));
    }
  }

  std::vector<std::vector<Sampled>> run() {
    // A free slot is filled at once, but among many a few wait for each other: one prefill of
    // several prompts costs less than several.
    const size_t portion = std::max<size_t>(1, free_.size() / 16);
    while (has_waiting() || !active_.empty()) {
      if (has_waiting() && (active_.empty() || free_.size() >= portion)) prefill();
      if (!active_.empty()) decode();
    }
    return std::move(results_);
  }

 private:
  bool has_waiting() const { return next_ < sequences_.size(); }

  // Runs the prompts that fit into free slots and draws each sample's first token.
  void prefill() {
    std::vector<int64_t> ids, slots, lengths;
    std::vector<at::Tensor> image_rows;
    std::vector<Active> first_samples;
    while (has_waiting() && !free_.empty()) {
      const Sequence& sequence = sequences_[next_];
      // Samples that find no slot now restart from the same prompt in a later portion.
      const Active active{next_, next_sample_, take_slot()};
      ids.insert(ids.end(), sequence.prompt.begin(), sequence.prompt.end());
      lengths.push_back(static_cast<int64_t>(sequence.prompt.size()));
      slots.push_back(active.slot);
      if (sequence.image_rows.defined()) image_rows.push_back(sequence.image_rows);
      first_samples.push_back(active);
      pending_.push_back({});
      while (++next_sample_ < sequence.num_samples && !free_.empty()) {
        pending_.back().push_back({next_, next_sample_, take_slot()});
      }
      if (next_sample_ >= sequence.num_samples) {
        ++next_;
        next_sample_ = 0;
      }
    }
    const auto spans = tensor::Spans::from_lengths(lengths);
    const at::Tensor rows = model_.embed(tensor::to_tensor(ids, model_.device()),
                                         image_rows.empty() ? at::Tensor() : at::cat(image_rows));
    const at::Tensor hidden = model_.forward(rows, spans, cache_, slots);
    std::vector<int64_t> last_rows;
    std::vector<Active> drawn;
    for (size_t s = 0; s < first_samples.size(); ++s) {
      drawn.push_back(first_samples[s]);
      last_rows.push_back(spans.end(static_cast<int64_t>(s)) - 1);
      for (const Active& other : pending_[s]) {
        cache_.copy_prefix(first_samples[s].slot, other.slot);
        drawn.push_back(other);
        last_rows.push_back(last_rows.back());
      }
    }
    pending_.clear();
    draw(drawn, hidden.index_select(0, tensor::to_tensor(last_rows, model_.device())));
  }

  // One more token for every answer being written.
  void decode() {
    std::vector<int64_t> ids, slots;
    for (const Active& active : active_) {
      ids.push_back(result(active).tokens.back());
      slots.push_back(active.slot);
    }
    const auto spans = tensor::Spans::from_lengths(std::vector<int64_t>(ids.size(), 1));
    const at::Tensor rows = model_.embed(tensor::to_tensor(ids, model_.device()), at::Tensor());
    const at::Tensor hidden = model_.forward(rows, spans, cache_, slots);
    std::vector<Active> drawn;
    drawn.swap(active_);
    draw(drawn, hidden);
  }

  // Draws a token for each answer from its hidden row, [A, D], and keeps the unfinished ones
  // active.
  void draw(const std::vector<Active>& answers, const at::Tensor& hidden) {
    const at::Tensor logits = model_.logits(hidden).to(at::kCPU, at::kFloat).contiguous();
    const int64_t vocab = logits.size(1);
    std::vector<Draw> draws(answers.size());
    const auto* data = logits.const_data_ptr<float>();
    at::parallel_for(0, static_cast<int64_t>(answers.size()), 8, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Active& a = answers[static_cast<size_t>(i)];
        draws[static_cast<size_t>(i)] =
            draw_token(data + i * vocab, vocab, options_,
                       sequences_[a.sequence].key.at(static_cast<uint64_t>(a.sample)),
                       static_cast<int64_t>(result(a).tokens.size()));
      }
    });
    for (size_t i = 0; i < answers.size(); ++i) {
      Sampled& answer = result(answers[i]);
      answer.tokens.push_back(draws[i].token);
      answer.logprobs.push_back(draws[i].logprob);
      answer.is_stopped = draws[i].token == options_.end_token;
      const bool is_ended =
          watch_ && !watch_(answers[i].sequence, answers[i].sample, draws[i].token);
      if (answer.is_stopped || is_ended ||
          static_cast<int64_t>(answer.tokens.size()) >= options_.max_tokens) {
        finish(answers[i]);
      } else {
        active_.push_back(answers[i]);
      }
    }
  }

  void finish(const Active& answer) {
    cache_.reset(answer.slot);
    free_.push_back(answer.slot);
    ++num_finished_;
    if (progress_) progress_(num_finished_);
  }

  int64_t take_slot() {
    const int64_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  Sampled& result(const Active& a) { return results_[a.sequence][static_cast<size_t>(a.sample)]; }

  model::Llava& model_;
  const std::vector<Sequence>& sequences_;
  const SamplingOptions& options_;
  const std::function<void(int64_t)>& progress_;
  const TokenWatcher& watch_;
  nn::KvCache cache_;
  std::vector<int64_t> free_;
  std::vector<Active> active_;
  std::vector<std::vector<Active>> pending_;  // further samples of the prompts being prefilled
  std::vector<std::vector<Sampled>> results_;
  size_t next_ = 0;          // first sequence with samples not yet begun
  int64_t next_sample_ = 0;  // of that sequence
  int64_t num_finished_ = 0;
};

}  // namespace

std::vector<std::vector<Sampled>> generate(model::Llava& model,
                                           const std::vector<Sequence>& sequences,
                                           const SamplingOptions& options, int64_t max_slots,
                                           const std::function<void(int64_t)>& progress,
                                           const TokenWatcher& watch) {
  const at::NoGradGuard no_grad;
  int64_t longest = 0, total = 0;
  for (const Sequence& sequence : sequences) {
    PLUMBLINE_CHECK(!sequence.prompt.empty() && sequence.num_samples > 0,
                    "an empty prompt or no samples");
    longest = std::max(longest, static_cast<int64_t>(sequence.prompt.size()));
    total += sequence.num_samples;
  }
  PLUMBLINE_CHECK(max_slots > 0, "no slots to answer in");
  if (sequences.empty()) return {};
  const int64_t capacity = longest + options.max_tokens;
  const int64_t most = config::longest_sequence(model.config().text);
  if (capacity > most) {
    throw DataError(Complaint{
        .component = "generate",
        .doing = "making room for answers",
        .expected = fmt::format("at most {} positions", most),
        .got = fmt::format("a prompt of {} tokens and answers of up to {}", longest,
                           options.max_tokens),
        .hint = "lower generation.max_tokens (eval: eval.max_tokens), or shorten the prompt."});
  }
  return Decoder(model, sequences, options, std::min(max_slots, total), capacity, progress, watch)
      .run();
}

}  // namespace plumbline::generate
