#include "plumbline/benchmarks/judge_prompt.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "plumbline/base/files.h"
#include "plumbline/eval/unfit.h"

namespace plumbline::benchmarks {
namespace {

constexpr eval::Unfit unfit{"filling in a judge's prompt"};

size_t count(std::string_view text, std::string_view part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

// Refuses what would show the judge something else than meant.
void check_slots(const std::string& prompt, const std::vector<PromptSlot>& slots, size_t num_empty,
                 const std::string& where) {
  std::string names;
  size_t num_named = 0;
  for (const auto& slot : slots) {
    num_named += count(prompt, "{" + slot.name + "}");
    names += (names.empty() ? "{" : ", {") + slot.name + "}";
  }
  if (num_empty > 0 && num_named > 0) throw unfit("either {} or names", "both", where);
  if (num_empty > 0 && num_empty != slots.size()) {
    throw unfit(fmt::format("{} times {{}}, for {}", slots.size(), names),
                fmt::format("{}", num_empty), where);
  }
  if (num_empty == 0 && count(prompt, "{answer}") == 0) {
    throw unfit(fmt::format("{{answer}} and others of {}", names), "no {answer}", where);
  }
}

}  // namespace

std::string filled(const std::string& prompt, const std::vector<PromptSlot>& slots,
                   const std::string& where) {
  const size_t num_empty = count(prompt, "{}");
  check_slots(prompt, slots, num_empty, where);
  std::string text;
  size_t next = 0;  // slot of the next "{}"
  for (size_t i = 0; i < prompt.size();) {
    const std::string_view rest = std::string_view(prompt).substr(i);
    const auto found = std::find_if(slots.begin(), slots.end(), [&](const PromptSlot& slot) {
      return rest.starts_with("{" + slot.name + "}");
    });
    if (num_empty > 0 && rest.starts_with("{}")) {
      text += slots[next++].value;
      i += 2;
    } else if (found != slots.end()) {
      text += found->value;
      i += found->name.size() + 2;
    } else {
      text += prompt[i++];
    }
  }
  return text;
}

std::string prompt_of(const std::string& path, const std::string& shipped) {
  if (path.empty()) return shipped;
  std::string text = read_file(path);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  for (size_t at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n", at)) {
    text.erase(at, 1);
  }
  return text;
}

const char* const kShippedPrompt = "the shipped prompt";

const std::string& rating_prompt() {
  static const std::string text =
      "You rate an answer that an assistant gave to a question about a picture. You cannot see the "
      "picture. What is known about it stands below: things it contains or facts about it, and an "
      "answer that a person wrote.\n"
      "\n"
      "Look for two things.\n"
      "1. Does the answer claim anything about the picture that contradicts what is known, or that "
      "what is known gives no reason to believe? Such a claim is a hallucination. Neither the list "
      "nor the person's answer is complete: a detail that they leave out, and that may well be "
      "true, is none. General knowledge and sound conclusions are none. Saying that something "
      "cannot be told from the picture is none.\n"
      "2. How much of what was asked does the answer tell?\n"
      "\n"
      "Explain your view in one to three sentences. Then end with one line of this form, with one "
      "of these numbers:\n"
      "Rating: 6 (no hallucination; tells all that was asked, and explains or reasons well)\n"
      "Rating: 5 (no hallucination; tells all that was asked)\n"
      "Rating: 4 (no hallucination; tells part of it)\n"
      "Rating: 3 (no hallucination; tells nothing of use)\n"
      "Rating: 2 (a hallucination; otherwise tells all that was asked)\n"
      "Rating: 1 (a hallucination; otherwise tells part of it)\n"
      "Rating: 0 (a hallucination; tells nothing of use)\n"
      "Write the word Rating only in that line.\n"
      "\n"
      "Known about the picture:\n{facts}\n"
      "\n"
      "Question:\n{question}\n"
      "\n"
      "A person's answer:\n{reference}\n"
      "\n"
      "The answer to rate:\n{answer}\n";
  return text;
}

const std::string& review_prompt() {
  static const std::string text =
      "About the picture:\n{context}\n"
      "\n"
      "The question:\n{question}\n"
      "\n"
      "{role} 1 says:\n{reference}\n(end of {role} 1)\n"
      "\n"
      "{role} 2 says:\n{answer}\n(end of {role} 2)\n"
      "\n"
      "{rule}\n";
  return text;
}

const std::string& review_rule() {
  static const std::string text =
      "Two assistants answered a question about a picture that you cannot see; what stands above "
      "describes it. Judge how helpful, relevant, accurate and detailed each answer is, and give "
      "each a score from 1 to 10, where more is better. Which answer comes first must not matter.\n"
      "Your first line holds the two numbers only, that of assistant 1 and that of assistant 2, "
      "with one blank between them. Explain them from the second line on.";
  return text;
}

const std::string& correctness_prompt() {
  static const std::string text =
      "A question was asked about a picture or from general knowledge. Compare an assistant's "
      "answer with what is true.\n"
      "\n"
      "Question:\n{question}\n"
      "\n"
      "What is true:\n{reference}\n"
      "\n"
      "The assistant's answer:\n{answer}\n"
      "\n"
      "Reply with one word only:\n"
      "correct, if the answer agrees with what is true;\n"
      "incorrect, if it contradicts it;\n"
      "unclear, if it does not commit itself or says that it cannot be known.\n";
  return text;
}

const std::string& objects_prompt() {
  static const std::string prompt =
      "Below are a question about a picture and an answer to it. Take the answer as true. List the "
      "objects that it says can be seen in the picture: by their names alone, without colours, "
      "materials, numbers or other properties, and none that the answer does not name. Reply with "
      "a JSON list of texts such as [\"cup\", \"table\"], or [] if there is none, and nothing "
      "else.\n\nQuestion: {question}\n\nAnswer: {answer}\n";
  return prompt;
}

}  // namespace plumbline::benchmarks
