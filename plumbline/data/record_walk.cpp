#include "plumbline/data/record_walk.h"

#include <fmt/format.h>

#include <stdexcept>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/data/image_folder.h"
#include "plumbline/data/training_record.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/image/image_source.h"

namespace plumbline::data {
namespace {

class SourceWalk {
 public:
  using Visit = std::function<void(WalkedRecord&&)>;
  SourceWalk(const SourceFile& source, size_t index, const Visit& visit)
      : source_(source),
        index_(index),
        visit_(visit),
        checks_([this](const Problem& p) { now_.problems.push_back(p); }, "") {}

  void walk() {
    std::vector<formats::Record> records;
    try {
      records = read_file();
    } catch (const Error& e) {
      return fail(e.what());
    }
    for (const Problem& problem : broken_) {
      begin(problem.where);
      now_.problems.push_back(problem);
      visit_(std::move(now_));
    }
    for (const formats::Record& record : records) {
      stop_if_interrupted();
      begin(record.where);
      read(record.value);
      visit_(std::move(now_));
    }
    if (records.empty() && broken_.empty()) fail("expected at least one record, got none");
  }

 private:
  std::vector<formats::Record> read_file() {
    const auto on_broken = [this](const std::string& where, const std::string& problem) {
      broken_.push_back({ProblemKind::Record, where, problem});
    };
    std::error_code error;
    return fs::is_directory(source_.path, error) ? read_image_folder(source_.path, on_broken)
                                                 : formats::read_records(source_.path, on_broken);
  }

  void fail(const std::string& problem) {
    begin(source_.path);
    now_.problems.push_back({ProblemKind::File, source_.path, problem});
    visit_(std::move(now_));
  }

  void begin(const std::string& where) {
    now_ = {.source = index_, .where = where, .form = {}, .conversation = {}, .problems = {}};
  }

  void read(const nlohmann::json& value) {
    const auto bad = [&](const std::string& text) {
      now_.problems.push_back({ProblemKind::Record, now_.where, text});
    };
    try {
      TrainingRecord record = read_training_record(value);
      now_.form = std::move(record.form);
      now_.conversation = std::move(record.conversation);
      if (now_.form == "caption" && !source_.question.empty()) {
        now_.conversation.turns.front().text = text::with_image(source_.question);
      }
      check();
    } catch (const std::invalid_argument& e) {
      bad(std::string("expected ") + e.what());
    } catch (const nlohmann::json::exception& e) {
      bad(untagged(e));
    } catch (const Error& e) {
      bad(e.what());
    }
  }

  void check() {
    Conversation& c = now_.conversation;
    if (c.id.empty()) c.id = now_.where;
    checks_.id(now_.where, c.id);
    for (std::string& image : c.images) {
      if (!image::is_data_url(image)) locate(image);
    }
    if (now_.form == "text") return;
    checks_.turns(now_.where, c.turns, c.images.size());
    checks_.ends_with_answer(now_.where, c.turns);
  }

  void locate(std::string& image) {
    if (image.find("://") != std::string::npos) {
      now_.problems.push_back(
          {ProblemKind::Image, now_.where,
           fmt::format("expected an image's file or a data URL, got '{}'", image)});
      return;
    }
    image = (fs::path(source_.images) / image).string();
    checks_.image_file(now_.where, image);
  }

  const SourceFile& source_;
  size_t index_;
  const Visit& visit_;
  WalkedRecord now_;
  RecordChecks checks_;
  std::vector<Problem> broken_;  // lines that are no JSON
};

}  // namespace

void walk_records(const std::vector<SourceFile>& sources,
                  const std::function<void(WalkedRecord&&)>& visit) {
  for (size_t i = 0; i < sources.size(); ++i) SourceWalk(sources[i], i, visit).walk();
}

}  // namespace plumbline::data
