#include "plumbline/data/image_folder.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/text/utf8.h"

namespace plumbline::data {
namespace {

constexpr const char* kMetadata = "metadata.jsonl";
constexpr const char* kSpaces = " \t\r\n";

bool is_picture(const fs::path& file) {
  static const std::set<std::string> endings = {".png", ".jpg", ".jpeg", ".webp"};
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return endings.contains(ending);
}

std::vector<fs::path> pictures_in(const std::string& folder) {
  std::vector<fs::path> pictures;
  std::error_code error;
  fs::directory_iterator it(folder, error);
  if (error) {
    throw IoError(Complaint{.component = "data",
                            .doing = "reading a folder of images",
                            .expected = "a folder",
                            .got = error.message(),
                            .where = folder});
  }
  for (const auto& entry : it) {
    if (is_picture(entry.path())) pictures.push_back(entry.path());
  }
  std::sort(pictures.begin(), pictures.end());
  return pictures;
}

// Without a byte order mark and the white space around it.
std::string trimmed(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kSpaces) - first + 1));
}

}  // namespace

std::vector<formats::Record> read_image_folder(const std::string& folder,
                                               const formats::OnBroken& on_broken) {
  const fs::path metadata = fs::path(folder) / kMetadata;
  if (fs::exists(metadata)) return formats::read_records(metadata.string(), on_broken);
  std::vector<formats::Record> records;
  for (const fs::path& picture : pictures_in(folder)) {
    nlohmann::json value = {{"file_name", picture.filename().string()}};
    const fs::path caption = fs::path(picture).replace_extension(".txt");
    if (fs::exists(caption)) {
      const std::string text = read_file(caption);
      if (!text::is_valid_utf8(text)) {
        on_broken(caption.string(), "expected text in UTF-8, got other bytes");
        continue;
      }
      value["text"] = trimmed(text);
    }
    records.push_back({std::move(value), picture.string()});
  }
  return records;
}

}  // namespace plumbline::data
