#include "plumbline/data/data_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/data/examples.h"
#include "plumbline/data/record_walk.h"
#include "plumbline/image/image_source.h"

namespace plumbline::data {
namespace {

constexpr size_t kShown = 10;

void note(Findings& findings, const std::string& where, const std::string& text) {
  if (findings.first.size() < kShown) findings.first.push_back(where + ": " + text);
  ++findings.count;
}

// Of all that a model would see; two records with one hash are taken for the same.
size_t content_hash(const Conversation& c) {
  std::string all = c.text;
  for (const std::string& image : c.images) all += '\0' + image;
  for (const text::Turn& turn : c.turns) {
    all += fmt::format("{}{}{}{}", '\0', turn.is_user, turn.images_before, turn.text);
  }
  return std::hash<std::string>{}(all);
}

class Reporter {
 public:
  Reporter(const Encode& encode, const InspectImage& inspect_image, const ReportOptions& options)
      : encode_(encode), inspect_image_(inspect_image), options_(options) {}

  DataReport report(const std::vector<SourceFile>& sources) {
    for (const SourceFile& source : sources) {
      out_.sources.push_back({.name = source.name, .weight = source.weight, .forms = {}});
    }
    walk_records(sources, [this](WalkedRecord&& record) { add(record); });
    out_.tokens = summarize_lengths(std::move(lengths_));
    out_.num_distinct_images = std::ssize(images_);
    return std::move(out_);
  }

 private:
  void add(const WalkedRecord& record) {
    const bool is_source = has(record, ProblemKind::File);  // no record at all
    if (!is_source) {
      SourceReport& source = out_.sources[record.source];
      ++out_.num_records;
      ++source.num_records;
      ++source.forms[record.form.empty() ? "unread" : record.form];
      source.num_bad += is_bad(record.problems);
      out_.num_bad += is_bad(record.problems);
    }
    note_problems(record);
    for (const std::string& image : record.conversation.images) see_image(image, record.where);
    const bool is_sound =
        !is_source && !has(record, ProblemKind::Record) && !has(record, ProblemKind::Turns);
    if (!is_sound) return;
    see_content(record);
    see_tokens(record);
  }

  static bool has(const WalkedRecord& record, ProblemKind kind) {
    return std::any_of(record.problems.begin(), record.problems.end(),
                       [&](const Problem& p) { return p.kind == kind; });
  }

  void note_problems(const WalkedRecord& record) {
    const auto note_kind = [&](Findings& findings, ProblemKind kind) {
      std::vector<std::string> texts;
      for (const Problem& problem : record.problems) {
        if (problem.kind == kind) texts.push_back(problem.text);
      }
      if (!texts.empty()) note(findings, record.where, fmt::format("{}", fmt::join(texts, "; ")));
    };
    note_kind(out_.unreadable, ProblemKind::File);
    note_kind(out_.unreadable, ProblemKind::Record);
    note_kind(out_.wrong_turns, ProblemKind::Turns);
    note_kind(out_.missing_images, ProblemKind::Image);
    note_kind(out_.duplicate_ids, ProblemKind::Id);
  }

  void see_image(const std::string& image, const std::string& where) {
    ++out_.num_images;
    if (!images_.insert(std::hash<std::string>{}(image)).second) return;
    std::error_code error;
    if (!image::is_data_url(image) && !fs::is_regular_file(image, error)) return;
    std::string problem;
    try {
      problem = inspect_image_(image);
    } catch (const Error& e) {
      problem = e.what();
    }
    if (!problem.empty()) {
      note(out_.broken_images, where, image::source_name(image) + ": " + problem);
    }
  }

  void see_content(const WalkedRecord& record) {
    const auto [it, is_new] = contents_.emplace(content_hash(record.conversation), record.where);
    if (!is_new) note(out_.duplicates, record.where, "the same as " + it->second);
  }

  void see_tokens(const WalkedRecord& record) {
    try {
      judge(encode_(record.conversation), record.where);
    } catch (const Error& e) {
      note(out_.unencodable, record.where, e.what());
    }
  }

  void judge(const text::EncodedConversation& encoded, const std::string& where) {
    const int64_t length = std::ssize(encoded.ids);
    const int64_t labels = num_answer_tokens(encoded);
    lengths_.push_back(length);
    out_.num_answer_tokens += labels;
    if (labels == 0) note(out_.without_label, where, fmt::format("none of {} tokens", length));
    const bool is_over_long = options_.max_tokens > 0 && length > options_.max_tokens;
    if (is_over_long) {
      note(out_.over_long, where,
           fmt::format("{} tokens, of at most {}: {}", length, options_.max_tokens,
                       outcome(encoded, labels)));
    } else if (labels == 0) {
      ++out_.would_be_dropped_silently;
    }
  }

  // Counts what becomes of an over-long example, and says it.
  std::string outcome(const text::EncodedConversation& encoded, int64_t labels) {
    if (options_.too_long == config::TooLong::Refuse) {
      ++out_.num_refused;
      return "refused";
    }
    if (options_.too_long == config::TooLong::Skip) {
      ++out_.num_skipped;
      return "skipped";
    }
    text::EncodedConversation cut = encoded;
    truncate(cut, options_.max_tokens, options_.image_token, options_.image_tokens);
    const int64_t left = num_answer_tokens(cut);
    if (left > 0) {
      ++out_.num_truncated;
      return fmt::format("cut, {} of {} answer tokens are left", left, labels);
    }
    ++out_.would_be_dropped_silently;
    if (labels == 0) return "cut, nothing of it was trained";
    ++out_.num_label_cut;
    return "cut before its answer, nothing is left to train";
  }

  const Encode& encode_;
  const InspectImage& inspect_image_;
  const ReportOptions& options_;
  DataReport out_;
  std::vector<int64_t> lengths_;
  std::unordered_set<size_t> images_;                 // hashes of all that were named
  std::unordered_map<size_t, std::string> contents_;  // hash to the first record that has it
};

}  // namespace

DataReport report_data(const std::string& path, const std::string& image_folder,
                       const Encode& encode, const InspectImage& inspect_image,
                       const ReportOptions& options) {
  return Reporter(encode, inspect_image, options).report(source_files(path, image_folder));
}

bool is_clean(const DataReport& report) {
  return report.unreadable.count == 0 && report.num_bad == 0 && report.broken_images.count == 0 &&
         report.unencodable.count == 0 && report.num_refused == 0 &&
         report.would_be_dropped_silently == 0;
}

}  // namespace plumbline::data
