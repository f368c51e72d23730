#include "plumbline/data/pair_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "plumbline/base/error.h"

namespace plumbline::data {
namespace {

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

// Places of answers that differ from all before them and say something.
std::vector<size_t> distinct(const std::vector<std::string>& answers, PairedUp& out) {
  std::vector<size_t> places;
  std::set<std::string> seen;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (is_blank(answers[i])) {
      ++out.blank;
    } else if (seen.insert(answers[i]).second) {
      places.push_back(i);
    } else {
      ++out.duplicates;
    }
  }
  return places;
}

// Two answers and how far they lie apart.
struct Candidate {
  std::string a, b;
  double distance = 0;
};

int64_t characters(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::vector<Candidate> within(const SampledAnswers& sample, const std::vector<double>& scores,
                              config::PairBy by, PairedUp& out) {
  const auto places = distinct(sample.answers, out);
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < places.size(); ++i) {
    for (size_t j = i + 1; j < places.size(); ++j) {
      const std::string &a = sample.answers[places[i]], &b = sample.answers[places[j]];
      double distance = 0;
      if (by == config::PairBy::Length) {
        distance = static_cast<double>(std::abs(characters(a) - characters(b)));
      } else if (by == config::PairBy::Reward) {
        distance = std::abs(scores[places[i]] - scores[places[j]]);
      }
      candidates.push_back({a, b, distance});
    }
  }
  return candidates;
}

std::vector<Candidate> between(const SampledAnswers& sample, const SampledAnswers& other,
                               PairedUp& out) {
  std::vector<Candidate> candidates;
  const auto own = distinct(sample.answers, out), theirs = distinct(other.answers, out);
  for (const size_t i : own) {
    for (const size_t j : theirs) {
      if (sample.answers[i] == other.answers[j]) continue;
      candidates.push_back({sample.answers[i], other.answers[j], 0});
    }
  }
  return candidates;
}

using ById = std::map<std::string, const SampledAnswers*>;

ById by_id(const std::vector<SampledAnswers>& samples) {
  ById result;
  for (const auto& sample : samples) result.emplace(sample.prompt.id, &sample);
  return result;
}

const SampledAnswers& other_of(const ById& others, const std::string& id) {
  const auto found = others.find(id);
  if (found != others.end()) return *found->second;
  throw DataError(Complaint{.component = "data",
                            .doing = "pairing answers of two models",
                            .expected = "answers of both to prompt '" + id + "'",
                            .got = "one model's",
                            .hint = "data.samples must hold answers to the same prompts."});
}

}  // namespace

Comparison pair_of(const Prompt& prompt, std::string output_1, std::string output_2) {
  Comparison pair{.id = prompt.id, .turns = prompt.turns};
  if (!prompt.image.empty()) pair.images = {prompt.image};
  if (prompt.caption_type != CaptionType::General) {
    pair.metadata["caption_type"] = static_cast<int>(prompt.caption_type);
  }
  pair.output_1 = std::move(output_1);
  pair.output_2 = std::move(output_2);
  return pair;
}

void check_answered(const std::vector<Prompt>& prompts, const std::vector<SampledAnswers>& others) {
  const ById answered = by_id(others);
  for (const Prompt& prompt : prompts) other_of(answered, prompt.id);
}

PairedUp pair_up(const std::vector<SampledAnswers>& samples,
                 const std::vector<std::vector<double>>& scores,
                 const std::vector<SampledAnswers>& others, const PairOptions& options) {
  const bool by_reward = options.by == config::PairBy::Reward;
  PLUMBLINE_CHECK(!by_reward || scores.size() == samples.size(),
                  fmt::format("scores of {} prompts for {}", scores.size(), samples.size()));
  const ById of_others = by_id(others);
  PairedUp out;
  for (size_t i = 0; i < samples.size(); ++i) {
    const RandomKey key = options.key.at(i);
    auto candidates =
        options.by == config::PairBy::Models
            ? between(samples[i], other_of(of_others, samples[i].prompt.id), out)
            : within(samples[i], by_reward ? scores[i] : std::vector<double>(), options.by, out);
    Random(key.at("order")).shuffle(candidates);
    std::stable_sort(
        candidates.begin(), candidates.end(),
        [](const Candidate& a, const Candidate& b) { return a.distance > b.distance; });
    if (candidates.empty()) ++out.unpaired;
    const auto count =
        std::min<size_t>(candidates.size(), static_cast<size_t>(options.pairs_per_prompt));
    for (size_t n = 0; n < count; ++n) {
      const bool is_swapped = Random(key.at("side").at(n)).chance(0.5);
      const auto& [a, b, distance] = candidates[n];
      out.pairs.push_back(pair_of(samples[i].prompt, is_swapped ? b : a, is_swapped ? a : b));
    }
  }
  return out;
}

}  // namespace plumbline::data
