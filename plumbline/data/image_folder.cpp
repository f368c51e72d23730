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

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_picture(const fs::path& file) {
  static const std::set<std::string> endings = {".png", ".jpg", ".jpeg", ".webp"};
  return endings.contains(lower(file.extension().string()));
}

bool is_other_picture(const fs::path& file) {
  static const std::set<std::string> endings = {".gif",  ".bmp", ".tif", ".tiff", ".heic",
                                                ".avif", ".jxl", ".jp2", ".svg",  ".ppm"};
  return endings.contains(lower(file.extension().string()));
}

bool is_caption(const fs::path& file) {
  const std::string name = lower(file.stem().string());
  return lower(file.extension().string()) == ".txt" && name != "readme" && name != "license";
}

// All that is not hidden, by name.
std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> files;
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
    if (!entry.path().filename().string().starts_with(".")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
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
  std::set<fs::path> used, captions;
  for (const fs::path& file : files_in(folder)) {
    if (is_caption(file)) captions.insert(file);
    if (is_other_picture(file))
      on_broken(file.string(), "expected PNG, JPEG or WebP, got another kind");
    if (!is_picture(file)) continue;
    const fs::path caption = fs::path(file).replace_extension(".txt");
    used.insert(caption);
    if (!fs::exists(caption)) {
      on_broken(file.string(),
                "expected its caption in " + caption.filename().string() + " beside it, got none");
      continue;
    }
    const std::string text = read_file(caption);
    if (!text::is_valid_utf8(text)) {
      on_broken(caption.string(), "expected text in UTF-8, got other bytes");
      continue;
    }
    records.push_back(
        {{{"file_name", file.filename().string()}, {"text", trimmed(text)}}, file.string()});
  }
  for (const fs::path& caption : captions) {
    if (!used.contains(caption)) {
      on_broken(caption.string(), "expected the picture of this caption beside it, got none");
    }
  }
  return records;
}

}  // namespace plumbline::data
