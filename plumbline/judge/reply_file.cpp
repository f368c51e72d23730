#include "plumbline/judge/reply_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "plumbline/base/content_hash.h"
#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/judge/image_url.h"
#include "plumbline/remote/excerpt.h"

namespace plumbline::judge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::string_view kBeginning = R"({"id":)";  // of each line

bool is_lack_of_room(int code) { return code == ENOSPC || code == EDQUOT || code == EFBIG; }

IoError failed(const std::string& doing, const std::string& path, int code) {
  return IoError(Complaint{.component = "eval",
                           .doing = doing,
                           .got = std::strerror(code),
                           .where = path,
                           .hint = is_lack_of_room(code)
                                       ? "make room and run the same command again; the replies "
                                         "that were saved before are intact."
                                       : ""});
}

DataError foreign(const std::string& got, const std::string& where) {
  return DataError(Complaint{.component = "eval",
                             .doing = "reading the replies so far",
                             .expected = "a line of plumbline eval judge",
                             .got = got,
                             .where = where,
                             .hint = "name a file of its own for the replies."});
}

// Whether the text may be the beginning of a line that was written half.
bool may_be_torn(std::string_view text) {
  return text.starts_with(kBeginning) || kBeginning.starts_with(text);
}

bool is_text(const json& value, const char* name) {
  return value.contains(name) && value[name].is_string();
}

ReplyLine parse_line(std::string_view text, const std::string& where) {
  const json value = try_parse_json(text, where);
  const bool is_ours = value.is_object() && is_text(value, "id") && is_text(value, "judge") &&
                       is_text(value, "request") && is_text(value, "reply");
  if (!is_ours) throw foreign(remote::excerpt(text, 120), where);
  return {.id = value["id"],
          .judge = value["judge"],
          .model = is_text(value, "model") ? value["model"].get<std::string>() : "",
          .request = value["request"],
          .reply = value["reply"],
          .text = std::string(text),
          .where = where};
}

struct Parsed {
  std::vector<ReplyLine> lines;
  size_t size;  // of their bytes, without a torn line at the end
};

Parsed whole_lines(std::string_view bytes, const std::string& path) {
  Parsed parsed{{}, 0};
  for (int64_t number = 1; parsed.size < bytes.size(); ++number) {
    const std::string where = fmt::format("{}:{}", path, number);
    const size_t end = bytes.find('\n', parsed.size);
    const bool has_end = end != std::string_view::npos;
    const std::string_view text = bytes.substr(parsed.size, has_end ? end - parsed.size : end);
    const bool is_blank = text.find_first_not_of(" \t\r") == std::string_view::npos;
    if (!has_end && may_be_torn(text) && try_parse_json(text, where).is_discarded()) break;
    if (!is_blank) parsed.lines.push_back(parse_line(text, where));
    parsed.size = has_end ? end + 1 : bytes.size();
  }
  return parsed;
}

}  // namespace

std::string request_hash(const api::JudgeRequest& request) {
  ContentHash hash;
  for (const auto& message : request.messages) {
    hash.add(message.role);
    hash.add(message.content);
    for (const auto& image : message.images) hash.add(image_hash(image));
  }
  hash.add(fmt::format("temperature={} max_tokens={}", request.temperature, request.max_tokens));
  return hash.hex();
}

ReplyLine reply_line(const api::JudgeRequest& request, const std::string& judge,
                     const api::JudgeReply& reply) {
  ReplyLine line{.id = request.id,
                 .judge = judge,
                 .model = reply.model,
                 .request = request_hash(request),
                 .reply = reply.text};
  ordered_json value = {{"id", line.id}, {"judge", judge}};
  if (!reply.model.empty()) value["model"] = reply.model;
  value["request"] = line.request;
  value["messages"] = ordered_json::array();
  for (const auto& message : request.messages) {
    ordered_json kept = {{"role", message.role}, {"content", message.content}};
    for (const auto& image : message.images) kept["images"].push_back(image_hash(image));
    value["messages"].push_back(kept);
  }
  if (request.about) value["about"] = *request.about;
  value["settings"] = {{"temperature", request.temperature}, {"max_tokens", request.max_tokens}};
  value["reply"] = reply.text;
  line.text = json_text(value);
  return line;
}

std::vector<ReplyLine> read_reply_file(const std::string& path) {
  return whole_lines(read_file(path), path).lines;
}

ReplyFile::ReplyFile(const std::string& path) : path_(path) {
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) make_folders(folder);
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd_ < 0) throw failed("opening the file of replies", path, errno);
  try {
    lock();
    read();
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

ReplyFile::~ReplyFile() {
  if (fd_ < 0) return;
  [[maybe_unused]] const int ignored = ::ftruncate(fd_, size_);  // gives back what was set aside
  ::close(fd_);
}

// Two processes would ask, and pay for, the same things.
void ReplyFile::lock() {
  const bool is_locked_by_other = ::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  struct stat ours {
  }, named{};
  if (::fstat(fd_, &ours) != 0 || ::stat(path_.c_str(), &named) != 0) {
    throw failed("opening the file of replies", path_, errno);
  }
  const char* other = is_locked_by_other            ? "one that another process is writing"
                      : !S_ISREG(ours.st_mode)      ? "something else"
                      : ours.st_ino != named.st_ino ? "one that another process has just finished"
                                                    : nullptr;
  if (other == nullptr) return;
  throw IoError(Complaint{.component = "eval",
                          .doing = "opening the file of replies",
                          .expected = "a file for this process alone",
                          .got = other,
                          .where = path_});
}

void ReplyFile::read() {
  const std::string bytes = read_file(path_);
  auto [lines, size] = whole_lines(bytes, path_);
  lines_ = std::move(lines);
  if (size < bytes.size()) log_info("The last line of {} was written half and is dropped.", path_);
  cut(static_cast<int64_t>(size));
  // A last line whose end alone is missing.
  if (size > 0 && bytes[size - 1] != '\n') write("\n");
}

void ReplyFile::cut(int64_t size) {
  if (::ftruncate(fd_, size) != 0) throw failed("writing replies", path_, errno);
  size_ = size;
}

void ReplyFile::reserve(int64_t bytes) {
  if (bytes <= 0 || ::fallocate(fd_, FALLOC_FL_KEEP_SIZE, size_, bytes) == 0) return;
  if (is_lack_of_room(errno)) throw failed("making room for replies", path_, errno);
}

void ReplyFile::append(ReplyLine line) {
  PLUMBLINE_CHECK(fd_ >= 0, path_ + " is finished");
  write(line.text + "\n");
  // What was paid for survives a power cut, too. Some file systems cannot do this.
  if (::fsync(fd_) != 0 && errno != EINVAL) throw failed("writing replies", path_, errno);
  lines_.push_back(std::move(line));
}

void ReplyFile::write(std::string_view bytes) {
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const int code = n == 0 ? ENOSPC : errno;
      cut(size_);
      throw failed("writing replies", path_, code);
    }
    rest.remove_prefix(static_cast<size_t>(n));
  }
  size_ += static_cast<int64_t>(bytes.size());
}

void ReplyFile::finish(const std::vector<size_t>& order) {
  std::string bytes;
  for (const size_t i : order) bytes += lines_.at(i).text + "\n";
  if (bytes != read_file(path_)) write_file(path_, bytes);
  ::close(std::exchange(fd_, -1));
}

}  // namespace plumbline::judge
