#include "plumbline/data/mixture.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/config/toml_file.h"
#include "plumbline/data/record_checks.h"

namespace plumbline::data {
namespace {

constexpr double kLargestWeight = 1000;
constexpr const char* kDoing = "reading a mixture";

[[noreturn]] void fail(const std::string& expected, const std::string& got,
                       const std::string& where) {
  throw DataError(Complaint{
      .component = "data", .doing = kDoing, .expected = expected, .got = got, .where = where});
}

class Reader {
 public:
  Reader(const std::string& path, std::string image_folder)
      : path_(path),
        folder_(fs::path(path).parent_path()),
        images_(std::move(image_folder)),
        problems_(path, kDoing) {}

  std::vector<SourceFile> read() {
    const toml::table table = config::read_toml(path_, "data", kDoing);
    for (const auto& [key, value] : table) {
      if (key.str() != "source")
        complain(value, fmt::format("expected [[source]], got '{}'", std::string_view(key.str())));
    }
    if (const toml::node* sources = table.get("source")) read_sources(*sources);
    problems_.finish();
    if (sources_.empty()) fail("at least one [[source]]", "none", path_);
    return std::move(sources_);
  }

 private:
  void complain(const toml::node& node, const std::string& text) {
    problems_.add(fmt::format("line {}", node.source().begin.line), text);
  }

  void read_sources(const toml::node& sources) {
    const toml::array* list = sources.as_array();
    if (!list) return complain(sources, "expected [[source]] in double brackets, got another form");
    for (const toml::node& node : *list) {
      const toml::table* source = node.as_table();
      if (source) {
        read_source(*source);
      } else {
        complain(node, "expected a table, got a value");
      }
    }
  }

  void read_source(const toml::table& table) {
    SourceFile source{.name = {}, .path = {}, .images = images_};
    bool has_file = false;
    for (const auto& [key, value] : table) {
      const std::string_view name = key.str();
      if (name == "file") {
        source.path = located(text(value, name));
        has_file = true;
      } else if (name == "images") {
        source.images = located(text(value, name));
      } else if (name == "name") {
        source.name = text(value, name);
      } else if (name == "question") {
        source.question = text(value, name);
      } else if (name == "weight") {
        source.weight = weight(value);
      } else {
        complain(value,
                 fmt::format("expected file, images, weight, name or question, got '{}'", name));
      }
    }
    if (!has_file) return complain(table, "expected a file, got a source without");
    if (source.path.ends_with(".toml"))
      complain(table, "expected a file of records, got a mixture");
    if (source.name.empty()) source.name = table.get("file")->value_or(std::string());
    if (!names_.insert(source.name).second) {
      complain(table, fmt::format("expected names that differ, got '{}' again", source.name));
    }
    std::error_code error;
    if (fs::is_directory(source.path, error)) source.images = source.path;
    sources_.push_back(std::move(source));
  }

  std::string text(const toml::node& node, std::string_view name) {
    const auto* value = node.as_string();
    if (value && !value->get().empty()) return value->get();
    complain(node,
             fmt::format("expected text for {}, got {}", name, value ? "none" : "another type"));
    return {};
  }

  double weight(const toml::node& node) {
    const double value = node.is_number() ? node.value<double>().value_or(0) : 0;
    if (value > 0 && value <= kLargestWeight) return value;
    complain(node, fmt::format("expected a weight above 0 and at most {}, got {}", kLargestWeight,
                               node.is_number() ? fmt::format("{}", value) : "another type"));
    return 1;
  }

  std::string located(const std::string& path) const {
    return path.empty() ? path : (folder_ / path).string();
  }

  std::string path_;
  fs::path folder_;
  std::string images_;
  Problems problems_;
  std::set<std::string> names_;
  std::vector<SourceFile> sources_;
};

}  // namespace

std::vector<SourceFile> source_files(const std::string& path, const std::string& image_folder) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {{.name = path, .path = path, .images = path}};
  if (!fs::exists(path, error)) {
    throw IoError(Complaint{.component = "data",
                            .doing = "reading training data",
                            .expected = "a file or a folder of images",
                            .got = "none",
                            .where = path});
  }
  if (path.ends_with(".toml")) return Reader(path, image_folder).read();
  return {{.name = path, .path = path, .images = image_folder}};
}

}  // namespace plumbline::data
