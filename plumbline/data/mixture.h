// Which files training data come from, and how much of each.
#pragma once

#include <string>
#include <vector>

namespace plumbline::data {

struct SourceFile {
  std::string name;
  std::string path;    // a file of records, or a folder of images
  std::string images;  // the folder that its image paths start from; empty: where the program runs
  double weight = 1;   // passes per epoch
  std::string question = {};  // that captions answer; empty: the picture alone is asked about
};

// The sources behind `path`: those of a mixture when it ends in ".toml", otherwise itself. A
// folder's images start from the folder. A mixture is
//
//   [[source]]
//   file = "captions.json"   # from the mixture's folder, or absolute
//   images = "pictures"      # the same; default: `image_folder`
//   weight = 0.5             # passes per epoch, above 0 and at most 1000; default 1
//   name = "captions"        # default: file
//   question = "What is it?" # what captions answer; default: the picture alone
//
// Throws IoError when `path` does not exist, and one DataError with all that is wrong in a mixture.
std::vector<SourceFile> source_files(const std::string& path, const std::string& image_folder);

}  // namespace plumbline::data
