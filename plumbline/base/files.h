// Whole-file reading, and writing that leaves either the old file or the complete new one.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace plumbline {

namespace fs = std::filesystem;

// The file's bytes. Throws IoError when it cannot be read.
std::string read_file(const fs::path& path);

// Behind the name of a file or folder that is being written, or being replaced: nobody else's.
inline constexpr const char* kAsideSuffix = ".plumbline-tmp";
inline constexpr const char* kOldSuffix = ".plumbline-old";

// Writes aside (kAsideSuffix), flushes to disk, renames over `path`. On any failure (disk full, no
// permission) throws IoError, removes the temporary file, and leaves the old file untouched.
void write_file(const fs::path& path, std::string_view bytes);
// The same with several parts, one behind the other.
void write_file(const fs::path& path, std::span<const std::string_view> parts);

// Appends and flushes; throws IoError when the bytes did not all reach the file.
void append_file(const fs::path& path, std::string_view bytes);

// Whether `inner` is `outer` or within it, links followed. Neither must exist.
bool lies_in(const fs::path& inner, const fs::path& outer);

// Creates a folder and its parents. Throws IoError.
void make_folders(const fs::path& path);

// Removes what is in a folder, but not the folder, which may be a link or a mount. Throws IoError.
void clear_folder(const fs::path& path);

// Fills a temporary folder beside `path` with `fill`, flushes it and renames it to `path`,
// replacing an older one. If `fill` throws, `path` is as before and the temporary folder is gone.
void write_folder(const fs::path& path, const std::function<void(const fs::path&)>& fill);

}  // namespace plumbline
