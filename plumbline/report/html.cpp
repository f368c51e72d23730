#include "plumbline/report/html.h"

#include <algorithm>

namespace plumbline::report {
namespace {

constexpr const char* kStyle = R"(
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 1180px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.4rem; border-bottom: 1px solid #ddd; }
table { border-collapse: collapse; margin: 1rem 0; font-size: 14px; }
th, td { padding: .35rem .7rem; text-align: right; border-bottom: 1px solid #e4e4e4; vertical-align: top; }
th:first-child, td:first-child { text-align: left; }
small { color: #777; } mark { background: #ffd7d7; color: #a40000; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(460px, 1fr)); gap: 1rem; }
.examples { display: grid; gap: 1rem; } .example { display: grid; grid-template-columns: 140px 1fr; gap: 1rem; border-bottom: 1px solid #eee; padding-bottom: 1rem; }
.example img { width: 128px; height: 128px; image-rendering: pixelated; border: 1px solid #ccc; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: .8rem; }
.answers div { background: #f7f7f7; padding: .5rem .7rem; border-radius: 4px; }
)";

}  // namespace

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
  std::string out = "<table>";
  for (size_t r = 0; r < rows.size(); ++r) {
    const char* cell = r == 0 ? "th" : "td";
    out += "<tr>";
    for (const auto& text : rows[r])
      out += std::string("<") + cell + ">" + text + "</" + cell + ">";
    out += "</tr>\n";
  }
  return out + "</table>\n";
}

std::string page(const std::string& title, const std::string& body) {
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
         escape(title) + "</title>\n<style>" + kStyle + "</style></head>\n<body><h1>" +
         escape(title) + "</h1>\n" + body + "</body></html>\n";
}

}  // namespace plumbline::report
