// One HTML page from several run folders.
#include "plumbline/report/html.h"
#include "plumbline/report/run_page.h"
#include "plumbline/report/summary_section.h"

#include <cstdio>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/recipes/stages.h"

namespace plumbline::recipes {

void report(const Invocation& invocation) {
  std::vector<report::Run> runs;
  for (const auto& folder : invocation.inputs) runs.push_back(report::read_run(folder));
  const std::string& out = invocation.loaded.config.run.out;
  const fs::path file = out.empty() ? "report.html" : out;
  const bool is_folder = fs::is_directory(file);
  if (is_folder || (fs::exists(file) && file.extension() != ".html")) {
    throw ConfigError(Complaint{.component = "report",
                                .doing = "choosing where to write",
                                .expected = "a new file or a page (.html)",
                                .got = is_folder ? "a folder" : "another file",
                                .where = file.string(),
                                .hint = is_folder
                                            ? "such as --out " + (file / "report.html").string()
                                            : "choose another --out."});
  }
  if (file.has_parent_path()) make_folders(file.parent_path());
  write_file(file,
             report::page("Plumbline report", report::summary_html(runs, false) +
                                                  report::words_html() + report::runs_html(runs)));
  std::printf("%s\n", file.c_str());
}

}  // namespace plumbline::recipes
