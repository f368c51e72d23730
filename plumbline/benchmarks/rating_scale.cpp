#include "plumbline/benchmarks/rating_scale.h"

#include <cctype>

#include "plumbline/base/error.h"
#include "plumbline/benchmarks/judge_prompt.h"

namespace plumbline::benchmarks {
namespace {

constexpr int kBest = 6;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Columns of sums over some of the replies.
struct RatingSums {
  uint32_t count, score, hallucinated;

  static RatingSums of(eval::Tally& tally, const std::string& prefix) {
    return {tally.column(prefix + "count"), tally.column(prefix + "score"),
            tally.column(prefix + "hallucinated")};
  }
  void add(eval::Tally& tally, const std::string& unit, int rating) const {
    tally.add(unit, count);
    tally.add(unit, score, rating);
    tally.add(unit, hallucinated, is_hallucination(rating) ? 1 : 0);
  }
  double mean(const eval::Sums& sums) const { return eval::ratio(sums[score], sums[count]); }
  double rate(const eval::Sums& sums) const { return eval::ratio(sums[hallucinated], sums[count]); }
};

class RatingFigures {
 public:
  RatingFigures(eval::Tally& tally, const std::vector<std::string>& types, const RatingStyle& style)
      : all_(RatingSums::of(tally, "all/")),
        readable_(RatingSums::of(tally, "readable/")),
        informativeness_(tally.column("informativeness")),
        style_(style) {
    for (const auto& type : types) types_.emplace_back(type, RatingSums::of(tally, "/" + type));
  }

  void add(eval::Tally& tally, const RatedItem& item, std::optional<int> rating) const {
    const int counted = rating.value_or(0);
    const std::string unit = item.asked.image.empty() ? item.asked.id : item.asked.image;
    all_.add(tally, unit, counted);
    tally.add(unit, informativeness_, is_hallucination(counted) ? counted : counted - 3);
    if (rating) readable_.add(tally, unit, *rating);
    for (const auto& [type, sums] : types_) {
      if (type == item.type) sums.add(tally, unit, counted);
    }
  }

  std::vector<eval::FigureSpec> specs() const {
    const eval::Format rate = {.digits = style_.rate_digits};
    std::vector<eval::FigureSpec> specs = {
        {.name = "average_score", .format = {.digits = 2}, .is_main = true},
        {.name = "hallucination_rate", .format = rate, .direction = -1, .is_main = true}};
    for (const auto& [type, _] : types_) {
      specs.push_back({.name = "score/" + type,
                       .format = {.style = eval::Format::Style::Rounded, .digits = 2}});
    }
    if (style_.has_type_rates) {
      for (const auto& [type, _] : types_) {
        specs.push_back({.name = "hallucination_rate/" + type, .format = rate, .direction = -1});
      }
    }
    if (style_.has_informativeness) {
      specs.push_back({.name = "informativeness", .format = {.digits = 2}, .is_main = true});
    }
    specs.push_back({.name = "average_score_of_readable", .format = {.digits = 2}});
    specs.push_back({.name = "hallucination_rate_of_readable", .format = rate, .direction = -1});
    return specs;
  }

  std::vector<double> values(const eval::Sums& sums) const {
    std::vector<double> values = {all_.mean(sums), all_.rate(sums)};
    for (const auto& [_, of_type] : types_) values.push_back(of_type.mean(sums));
    if (style_.has_type_rates) {
      for (const auto& [_, of_type] : types_) values.push_back(of_type.rate(sums));
    }
    if (style_.has_informativeness) {
      values.push_back(eval::ratio(sums[informativeness_], sums[all_.count]) / 3 * 100);
    }
    values.push_back(readable_.mean(sums));
    values.push_back(readable_.rate(sums));
    return values;
  }

 private:
  RatingSums all_, readable_;
  uint32_t informativeness_;
  RatingStyle style_;
  std::vector<std::pair<std::string, RatingSums>> types_;
};

}  // namespace

std::optional<int> read_rating(const std::string& reply) {
  const std::string text = lower(reply);
  std::optional<int> found;
  for (int rating = 0; rating <= kBest; ++rating) {
    if (text.find("rating: " + std::to_string(rating)) == std::string::npos) continue;
    if (found) return std::nullopt;
    found = rating;
  }
  return found;
}

eval::Scoring score_ratings(const std::vector<RatedItem>& items,
                            const std::vector<eval::Answer>& answers,
                            const std::vector<std::string>& replies,
                            const std::vector<std::string>& types, const RatingStyle& style) {
  PLUMBLINE_CHECK(items.size() == answers.size() && items.size() == replies.size(),
                  "an answer and a reply to each question");
  eval::Tally tally;
  const RatingFigures figures(tally, types, style);
  eval::Scoring scoring{.malformed_as = "score 0, a hallucination"};
  for (size_t i = 0; i < items.size(); ++i) {
    const auto rating = read_rating(replies[i]);
    figures.add(tally, items[i], rating);
    scoring.num_malformed += rating ? 0 : 1;
    scoring.answers.push_back({.id = items[i].asked.id,
                               .type = items[i].type,
                               .image = items[i].asked.image,
                               .question = items[i].asked.question,
                               .reference = items[i].reference,
                               .answer = answers[i].text,
                               .verdict = rating ? std::to_string(*rating) : "malformed",
                               .score = static_cast<double>(rating.value_or(0)),
                               .is_malformed = !rating});
  }
  scoring.figures = figures.specs();
  scoring.num_sums = tally.num_columns();
  scoring.units = tally.units();
  scoring.values = [figures](const eval::Sums& sums) { return figures.values(sums); };
  return scoring;
}

std::vector<api::JudgeRequest> rating_requests(const std::vector<RatedItem>& items,
                                               const std::vector<eval::Answer>& answers,
                                               const std::string& prompt_path) {
  const std::string prompt = prompt_of(prompt_path, rating_prompt());
  std::vector<api::JudgeRequest> requests;
  for (size_t i = 0; i < items.size(); ++i) {
    const auto content = filled(prompt,
                                {{"facts", items[i].facts},
                                 {"question", items[i].asked.question},
                                 {"reference", items[i].reference},
                                 {"answer", answers[i].text}},
                                prompt_path.empty() ? kShippedPrompt : prompt_path);
    requests.push_back(
        {.id = items[i].asked.id, .messages = {{"user", content}}, .about = answers[i].text});
  }
  return requests;
}

}  // namespace plumbline::benchmarks
