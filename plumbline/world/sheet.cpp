#include "plumbline/world/sheet.h"

#include <fmt/format.h>

#include "plumbline/base/base64.h"
#include "plumbline/image/png.h"
#include "plumbline/world/answers.h"
#include "plumbline/world/judge.h"
#include "plumbline/world/language.h"
#include "plumbline/world/questions.h"
#include "plumbline/world/render.h"
#include "plumbline/world/scene_sampler.h"
#include "plumbline/world/splits.h"

namespace plumbline::world {
namespace {

constexpr const char* kHead = R"(<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>The world of Plumbline</title><style>
body { font: 14px/1.4 sans-serif; margin: 2em; color: #222; }
section { display: flex; gap: 1.5em; margin-bottom: 2em; }
img { width: 256px; height: 256px; image-rendering: pixelated; }
table { border-collapse: collapse; }
td, th { padding: 2px 10px 2px 0; text-align: left; vertical-align: top; }
.wrong { color: #a00; }
</style></head><body><h1>The world of Plumbline</h1>
)";

// Nothing is escaped: the world's language has no character that HTML reads as markup.
std::string question_row(const std::string& type, const Scene& scene, RandomKey key) {
  const auto item = ask(type, scene, key);
  const auto believed = misbelieve(item, AnswerStyle::Full, Misbelief{}, key.at("mistake"));
  const std::string wrong = answer(item, believed, AnswerStyle::Full);
  return fmt::format(
      "<tr><td>{}</td><td>{}</td><td>{} ({:.0f})</td><td class=\"wrong\">{} ({:.0f})</td></tr>\n",
      type, item.question, item.reference, judge(item, item.reference).score, wrong,
      judge(item, wrong).score);
}

std::string section(int index, RandomKey key) {
  const SplitOptions defaults;
  const Scene scene = sample_scene({}, key.at("scene"));
  const auto picture = render(scene, defaults.pixel_noise, key.at("pixels"));
  std::string faint;
  for (const Kind& kind : scene.kinds) {
    if (kind.is_faint) faint += (faint.empty() ? "" : "; ") + phrase(kind);
  }
  std::string html = fmt::format(
      "<section><div><img alt=\"scene {}\" src=\"data:image/png;base64,{}\"></div><div>\n", index,
      base64(image::png_bytes(picture)));
  html += fmt::format("<p>Faint: {}</p><ul>\n", faint.empty() ? "nothing" : faint);
  for (const std::string& fact : captions(scene, key.at("facts")))
    html += "<li>" + fact + "</li>\n";
  html +=
      "</ul><table><tr><th>type</th><th>question</th><th>reference (score)</th><th>mistaken "
      "(score)</th></tr>\n";
  for (const std::string& type : question_types()) {
    if (can_ask(type, scene)) html += question_row(type, scene, key.at(type));
  }
  return html + "</table></div></section>\n";
}

}  // namespace

void write_sheet(const fs::path& html, int64_t seed, int num_scenes) {
  const RandomKey key = random_key(seed, "world.sheet");
  std::string text = kHead;
  for (int i = 0; i < num_scenes; ++i) text += section(i, key.at(static_cast<uint64_t>(i)));
  write_file(html, text + "</body></html>\n");
}

}  // namespace plumbline::world
