// Data of the synthetic world on disk, in the formats a user's own data has.
#include "plumbline/world/splits.h"

#include "plumbline/base/log.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/world/sheet.h"

namespace plumbline::recipes {
namespace {

// Puts a split beside the run's config.toml and run.json once it is complete.
void write_into(const world::SplitOptions& options, const fs::path& folder) {
  const fs::path aside = folder / "unfinished";
  world::write_split(options, aside);
  for (const auto& entry : fs::directory_iterator(aside)) {
    const fs::path target = folder / entry.path().filename();
    fs::remove_all(target);  // what an interrupted run had moved already
    fs::rename(entry.path(), target);
  }
  fs::remove(aside);
}

}  // namespace

void make_world(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  auto run = train::RunFolder::open("world", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
  const int64_t seed = c.run.seed;
  if (c.world.split == "sheet") {
    const fs::path file = run.path() / "sheet.html";
    world::write_sheet(file, seed, static_cast<int>(c.world.num_images));
    log_info("world: open {} in a browser", file.string());
    return run.finish();
  }
  world::SplitOptions options{.split = c.world.split,
                              .num_images = c.world.num_images,
                              .seed = seed,
                              .faint_share = c.world.faint_share,
                              .pixel_noise = c.world.pixel_noise,
                              .typical_share = c.world.typical_share,
                              .unsupported_share = c.world.unsupported_share};
  if (c.world.split != "all") {
    write_into(options, run.path());
    return run.finish();
  }
  for (const char* split : {"sft", "comparisons", "ppo", "benchmark"}) {
    options.split = split;
    world::write_split(options, run.path() / split);
  }
  run.finish();
}

}  // namespace plumbline::recipes
