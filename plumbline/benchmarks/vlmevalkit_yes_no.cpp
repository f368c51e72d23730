#include "plumbline/benchmarks/vlmevalkit_yes_no.h"

#include "plumbline/benchmarks/vqa_normalise.h"
#include "plumbline/text/python_text.h"

namespace plumbline::benchmarks {

eval::YesNo vlmevalkit_yes_no(const std::string& answer) {
  const std::string plain = vqa_without_punctuation(text::python::lower(answer));
  const std::string words = " " + vqa_words(plain) + " ";
  const bool yes = words.find(" yes ") != std::string::npos;
  const bool no = words.find(" no ") != std::string::npos;
  return yes == no ? eval::YesNo::Neither : yes ? eval::YesNo::Yes : eval::YesNo::No;
}

}  // namespace plumbline::benchmarks
