// A short name for contents: equal contents have equal names, and others practically never.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace plumbline {

// XXH3's 128 bits. Not against somebody who wants two contents to have one name.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash(const ContentHash&) = delete;
  ContentHash& operator=(const ContentHash&) = delete;

  // With their length, so that no two lists of texts give the same name.
  void add(std::string_view bytes);
  std::string hex() const;  // 32 digits

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Of a file's bytes. Throws IoError.
std::string content_hash(const std::filesystem::path& file);

}  // namespace plumbline
