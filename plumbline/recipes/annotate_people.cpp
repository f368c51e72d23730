// People compare answers: pairs become tasks in a file, each annotator works on them at a terminal,
// and what they said becomes comparisons.

#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/annotate/interview.h"
#include "plumbline/annotate/task_store.h"
#include "plumbline/base/content_hash.h"
#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/data/records.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/recipes/annotate_people.h"
#include "plumbline/recipes/annotate_split.h"

namespace plumbline::recipes {
namespace {

using nlohmann::json;

void require(const std::string& value, const char* key, const char* action) {
  if (!value.empty()) return;
  throw ConfigError(Complaint{.component = "annotate",
                              .doing = std::string("checking what ") + action + " needs",
                              .expected = key,
                              .got = "nothing"});
}

// Those of an import that came before.
void require_store(const config::Config& c, const char* action) {
  require(c.annotate.store, "annotate.store (--store)", action);
  if (fs::exists(c.annotate.store)) return;
  throw IoError(Complaint{.component = "annotate",
                          .doing = "opening the tasks",
                          .expected = "a file made by `annotate import`",
                          .got = "none",
                          .where = c.annotate.store});
}

// What annotators wrote beside answers, and why they skipped.
void write_remarks(const fs::path& path, const annotate::TaskStore& store) {
  std::vector<json> lines;
  for (const auto& remark : store.remarks()) {
    lines.push_back({{"task", remark.task},
                     {"annotator", remark.annotator},
                     {"text", remark.text},
                     {"is_skip", remark.is_skip}});
  }
  if (!lines.empty()) formats::write_records(path.string(), lines);
}

}  // namespace

void import_tasks(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  require(c.annotate.store, "annotate.store (--store)", "import");
  require(c.data.pairs, "data.pairs (--pairs)", "import");
  const auto pairs = data::read_pairs(c.data.pairs, c.data.images);
  std::vector<annotate::Task> tasks;
  std::set<std::string> ids;
  for (const auto& pair : pairs) {
    // Named by its content, so that a file that has grown, shrunk or moved can be imported again.
    const std::string record = data::pair_json(pair).dump();
    ContentHash hash;
    hash.add(record);
    const std::string id = pair.id + "-" + hash.hex().substr(0, 12);
    if (ids.insert(id).second) tasks.push_back({id, record});
  }
  if (tasks.size() < pairs.size()) {
    log_warning("{}: {} pairs stand there twice", c.data.pairs, pairs.size() - tasks.size());
  }
  // Without the setting the file keeps the number that it has.
  annotate::TaskStoreOptions options{.seed = c.run.seed};
  if (c.annotate.votes_per_pair > 0) options.overlap = c.annotate.votes_per_pair;
  annotate::TaskStore store(c.annotate.store, options);
  const auto added = store.add(tasks);
  log_info("{}: {} tasks added, {} were there already", c.annotate.store, added.num_added,
           added.num_known);
}

void answer_tasks(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  require_store(c, "answer");
  require(c.annotate.annotator, "annotate.annotator (--annotator)", "answer");
  annotate::TaskStore store(c.annotate.store);
  annotate::interview(store, c.annotate.annotator, c.data.images, std::cin, std::cout);
}

void export_comparisons(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  require_store(c, "export");
  require(c.run.out, "run.out (--out)", "export");
  const auto key = random_key(c.run.seed, "annotate");
  const annotate::TaskStore store(c.annotate.store);
  const auto tasks = store.tasks();
  const auto votes = store.votes();
  Split split;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (votes[i].votes.empty()) continue;
    const auto pair = data::pair_from_json(parse_json(tasks[i].record, tasks[i].id));
    auto& part = data::is_held_out(pair, c.annotate.held_out_share, key) ? split.held_out
                                                                         : split.train_pairs;
    part.push_back(compared(pair, votes[i].votes));
  }
  check_split(split, c, c.annotate.store);
  auto run = train::RunFolder::open("annotate", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
  write_split(run, split, c);
  write_remarks(run.path() / "remarks.jsonl", store);
  run.finish();
}

}  // namespace plumbline::recipes
