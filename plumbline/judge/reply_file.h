// What judges said, kept so that nothing is paid for twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plumbline/api/judge.h"

namespace plumbline::judge {

// A name for what a request asks: equal for equal messages and settings, whatever the id.
std::string request_hash(const api::JudgeRequest& request);

// A line of a reply file.
struct ReplyLine {
  std::string id;
  std::string judge;         // its name
  std::string model = {};    // what it said it was, where it did
  std::string request = {};  // request_hash
  std::string reply;
  std::string text = {};   // the line itself, without its end
  std::string where = {};  // "file:line", for errors
};

// The line {"id", "judge", "model" (if the judge says one), "request", "messages", "about" (if
// set), "settings": {"temperature", "max_tokens"}, "reply"}.
ReplyLine reply_line(const api::JudgeRequest& request, const std::string& judge,
                     const api::JudgeReply& reply);

// The lines of a file, without a last one that was written half. Throws IoError, and DataError for
// a line that is none of ours.
std::vector<ReplyLine> read_reply_file(const std::string& path);

// A file of such lines that is being written, by this process alone. Each line is there, as a
// whole, once append() has returned, even if the process is killed or the disk is full afterwards.
class ReplyFile {
 public:
  // Makes the file and its folder if there is none, and reads what it holds. A last line that was
  // written half is dropped. Throws IoError, also when another process is writing the file, and
  // DataError for a line that is none of ours: nothing is changed then.
  explicit ReplyFile(const std::string& path);
  ~ReplyFile();
  ReplyFile(const ReplyFile&) = delete;
  ReplyFile& operator=(const ReplyFile&) = delete;

  const std::string& path() const { return path_; }
  const std::vector<ReplyLine>& lines() const { return lines_; }

  // Sets room aside for lines of so many bytes, so that a full disk is noticed before they are paid
  // for. Does nothing where the file system cannot. Throws IoError when there is not enough.
  void reserve(int64_t bytes);

  // Throws IoError; the file is as before then.
  void append(ReplyLine line);

  // Makes the file hold the lines with these indices, in this order: either the old file is there,
  // or the new one. Nothing can be appended after that.
  void finish(const std::vector<size_t>& order);

 private:
  void lock();
  void read();
  void write(std::string_view bytes);
  void cut(int64_t size);

  std::string path_;
  int fd_ = -1;
  int64_t size_ = 0;  // bytes, all of whole lines
  std::vector<ReplyLine> lines_;
};

}  // namespace plumbline::judge
