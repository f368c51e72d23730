// A made-up WordNet of a few words, so that tests need no package.
#pragma once

#include <cstdlib>
#include <string>

#include "plumbline/base/files.h"
#include "plumbline/english/wordnet.h"

namespace plumbline::english {

// A folder of files that is gone at the end.
class WordNetFiles {
 public:
  WordNetFiles() {
    char name[] = "/tmp/plumbline-wordnet-XXXXXX";
    folder_ = ::mkdtemp(name);
    write("index.noun",
          lines("n",
                {"a",        "ax",    "axe",     "axis",  "baby",    "baseball", "bear",   "bench",
                 "bowl",     "cat",   "chair",   "child", "church",  "coffee",   "cup",    "dog",
                 "elephant", "glass", "glasses", "hat",   "hot_dog", "in",       "knife",  "leaf",
                 "leave",    "light", "man",     "mouse", "oven",    "party",    "person", "player",
                 "quiz",     "red",   "seat",    "sky",   "sofa",    "stove",    "table",  "teddy",
                 "toilet",   "track", "train",   "u",     "us",      "walk",     "water",  "wine",
                 "woman",    "young"}));
    write("noun.exc", "axes ax axis\nchildren child\nmice mouse\nunknowns nowhere\nwomen woman\n");
    write("index.verb", lines("v", {"be", "carry", "leave", "light", "stop", "walk"}));
    write("verb.exc", "left leave\nstopped stop\nwas be\n");
    write("index.adj", lines("a", {"big", "light", "nice", "red", "young"}));
    write("adj.exc", "bigger big\nbest good well\n");
    write("index.adv", lines("r", {"quickly"}));
    write("adv.exc", "best well\n");
    write("cntlist.rev",
          "leaf%1:20:00:: 1 20\nleave%2:38:00:: 2 14\nleave%2:38:01:: 1 8\nlight%1:06:00:: 1 29\n"
          "light%3:00:00:: 1 12\nred%1:07:00:: 1 3\nred%5:00:00:: 1 9\nyoung%3:00:00:: 1 "
          "9\nlight%5:00:00:bright:00 2 9\n");
  }
  ~WordNetFiles() { fs::remove_all(folder_); }
  WordNetFiles(const WordNetFiles&) = delete;
  WordNetFiles& operator=(const WordNetFiles&) = delete;

  void write(const std::string& name, const std::string& text) const {
    write_file(folder_ / name, text);
  }
  std::string folder() const { return folder_.string(); }

 private:
  static std::string lines(const std::string& mark, const std::vector<std::string>& words) {
    std::string text = "  1 Lines that begin with blanks are the licence.\n";
    for (const auto& word : words) text += word + " " + mark + " 1 1 @ 1 0 00000001  \n";
    return text;
  }

  fs::path folder_;
};

}  // namespace plumbline::english
