#include "plumbline/report/html.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumbline::report {
namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --soft: #f5f5f2; --line: #ddd; --faint: #666; --false: #a40000; --false-back: #ffe1e1;
  --c0: #5b6770; --c1: #c53c50; --c2: #24705f; --c3: #b3770f; --c4: #41659a; --c5: #7a4f9a; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e6e6e3; --paper: #17191b; --soft: #22262a; --line: #3a4046; --faint: #a3a8ad; --false: #ffb3b3; --false-back: #4d1f22;
  --c0: #a5b1ba; --c1: #f07c8c; --c2: #5fc3ab; --c3: #e0ab4d; --c4: #86acdf; --c5: #c39be0; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1180px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { margin-top: 2.6rem; border-bottom: 1px solid var(--line); } h3 { margin-bottom: .3rem; }
p, li { max-width: 46rem; }
.wide, pre { overflow-x: auto; }
pre { background: var(--soft); padding: .7rem; border-radius: 4px; font-size: 13px; }
table { border-collapse: collapse; margin: 1rem 0; font-size: 14px; }
th, td { padding: .35rem .7rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child, .text td, .text th { text-align: left; }
small { color: var(--faint); white-space: nowrap; }
.claim th { font-weight: normal; padding-top: 1rem; } .claim td { padding-top: 1rem; }
mark { background: var(--false-back); color: var(--false); text-decoration: underline wavy; text-underline-offset: 3px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 1rem; }
.charts svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: currentColor; }
.example { display: grid; grid-template-columns: 140px 1fr; gap: 1rem; border-bottom: 1px solid var(--line); padding: 1rem 0; }
.example img { width: 128px; height: 128px; image-rendering: pixelated; border: 1px solid var(--line); }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr)); gap: .8rem; margin-top: .5rem; }
.answers div { background: var(--soft); padding: .5rem .7rem; border-radius: 4px; }
.example ul { margin: .3rem 0; padding-left: 1.2rem; font-size: 14px; }
.flow { list-style: none; display: flex; flex-wrap: wrap; gap: .6rem 1.6rem; padding: 0; margin: 1rem 0; }
.flow li { position: relative; flex: 1 1 10rem; max-width: 16rem; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; font-size: 14px; }
.flow li + li::before { content: "\2192"; position: absolute; left: -1.35rem; top: 35%; color: var(--faint); }
.flow li > b:first-child { display: block; } .flow .facts { border: 2px solid var(--c2); }
.summary { border-left: 4px solid var(--c2); padding: .2rem 0 .2rem .9rem; font-size: 1.05rem; }
.words dt { font-weight: bold; } .words dd { margin: 0 0 .4rem 1.2rem; max-width: 46rem; }
.verdict { font-weight: bold; white-space: nowrap; }
@media (max-width: 600px) { body { margin: 1rem auto; font-size: 15px; } .example { grid-template-columns: 1fr; } .flow { flex-direction: column; } .flow li { flex: none; max-width: none; }
  .flow li + li::before { content: "\2193"; left: 50%; top: -1.35rem; } .flow { gap: 1.4rem; } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #fff; --line: #bbb; --faint: #444; } body { max-width: none; margin: 0; font-size: 11pt; }
  .example, svg, tr, .flow li { break-inside: avoid; } h2, h3 { break-after: avoid; } }
)";

}  // namespace

std::string interval_html(double value, double low, double high, bool is_signed) {
  const char* format = is_signed ? "{:+.3f}<br><small>{:+.3f} to {:+.3f}</small>"
                                 : "{:.3f}<br><small>{:.3f} to {:.3f}</small>";
  return fmt::format(fmt::runtime(format), value, low, high);
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string marked(std::string_view text, const std::vector<std::pair<size_t, size_t>>& ranges) {
  auto sorted = ranges;
  std::sort(sorted.begin(), sorted.end());
  std::string out;
  size_t done = 0;
  for (auto [begin, end] : sorted) {
    begin = std::clamp(begin, done, text.size());
    end = std::clamp(end, begin, text.size());
    if (begin == end) continue;
    out += escape(text.substr(done, begin - done)) + "<mark>" +
           escape(text.substr(begin, end - begin)) + "</mark>";
    done = end;
  }
  return out + escape(text.substr(done));
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::string out = "<div class=\"wide\"><table>";
  for (size_t r = 0; r < rows.size(); ++r) {
    const char* cell = r == 0 ? "th" : "td";
    out += "<tr>";
    for (const auto& text : rows[r])
      out += std::string("<") + cell + ">" + text + "</" + cell + ">";
    out += "</tr>\n";
  }
  return out + "</table></div>\n";
}

std::string page(const std::string& title, const std::string& body) {
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
         "content=\"width=device-width, initial-scale=1\"><title>" +
         escape(title) + "</title>\n<style>" + kStyle + "</style></head>\n<body><h1>" +
         escape(title) + "</h1>\n" + body + "</body></html>\n";
}

}  // namespace plumbline::report
