// A checkpoint's own chat template: Jinja, rendered as Hugging Face's transformers does.
#pragma once

#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "plumbline/text/chat_template_limits.h"

namespace plumbline::text {

namespace jinja {
struct Program;
}

// What a template sees beside the messages.
struct ChatTemplateOptions {
  bool add_generation_prompt = false;
  std::optional<std::string> bos_token = {};  // an undefined name when missing
  std::optional<std::string> eos_token = {};
  nlohmann::ordered_json tools = {};      // null, or a list of JSON schemas
  nlohmann::ordered_json documents = {};  // null, or a list of objects
  nlohmann::ordered_json variables = {};  // null, or an object of further names; these win
  std::optional<std::tm> now = {};        // for strftime_now; the local time when missing
};

// A template, parsed once. Cheap to copy; one object may render in several threads.
//
// The language is Jinja 3.1 with trim_blocks and lstrip_blocks, `break` and `continue`,
// `raise_exception`, `strftime_now`, a `tojson` that leaves non-ASCII characters alone, and
// `{% generation %}` blocks, which are written as if they were not there. Lists and dictionaries
// cannot be changed, as in transformers' sandbox; text is Unicode, counted in code points.
//
// Refused by name, never ignored:
//   in the source   the tags block, extends, include, import, from, call, autoescape, print, do;
//                   `recursive` loops; *args and **kwargs in calls; filters and tests outside the
//                   lists of jinja_filters.cpp and jinja_tests.cpp, in branches never taken too
//   when rendered   text % values and str.format; other attributes that Python's own values have;
//                   printing functions and iterators, whose text holds addresses; integers beyond
//                   64 bits; the functions lipsum, cycler and joiner
//
// Deliberate difference: names are looked up when they are read. Jinja decides at compile time: a
// name given by the caller that a block sets later is undefined in the loops before.
//
// Source: Jinja 3.1.6; transformers 5.23.0, utils/chat_template_utils.py. Compared byte for byte
// with both by tools/golden/make_chat_templates.py.
class ChatTemplate {
 public:
  // `where` names the template in errors: a file. Throws DataError naming `where` and line.
  ChatTemplate(const std::string& source, std::string where, ChatTemplateLimits limits = {});

  // `messages` is a list of objects, usually with "role" and "content". Use ordered_json where the
  // order of keys can be seen, as in tools: a plain nlohmann::json comes sorted. Broken UTF-8 in
  // it becomes U+FFFD. Throws DataError naming `where` and line; what the template says with
  // raise_exception stands in it whole.
  std::string render(const nlohmann::ordered_json& messages,
                     const ChatTemplateOptions& options = {}) const;

 private:
  std::shared_ptr<const jinja::Program> program_;
};

}  // namespace plumbline::text
