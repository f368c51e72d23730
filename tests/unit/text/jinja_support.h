// What the tests of the template engine share.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "plumbline/base/error.h"
#include "plumbline/text/chat_template.h"
#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

// A budget that no test of a single function reaches.
struct Plenty {
  ChatTemplateLimits limits;
  Budget budget{limits};
};

// "expected, got" of the Fault that `action` throws.
template <typename Action>
std::string fault_of(Action action) {
  try {
    action();
  } catch (const Fault& fault) {
    return fault.expected + ", got " + fault.got;
  }
  return "no fault";
}

inline std::string rendered(const std::string& source, const nlohmann::ordered_json& variables = {},
                            ChatTemplateLimits limits = {}) {
  ChatTemplateOptions options;
  options.variables = variables;
  return ChatTemplate(source, "t.jinja", limits).render(nlohmann::ordered_json::array(), options);
}

// The text of the DataError that reading or rendering ends with.
inline std::string error_of(const std::string& source, ChatTemplateLimits limits = {}) {
  try {
    return "no error: " + rendered(source, {}, limits);
  } catch (const DataError& e) {
    return e.what();
  }
}

}  // namespace plumbline::text::jinja
