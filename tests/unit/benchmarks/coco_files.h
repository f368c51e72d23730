// A made-up corner of COCO: two images, their annotations, synonyms and words.
#pragma once

#include <map>
#include <string>

#include "tests/unit/benchmarks/benchmark_files.h"
#include "tests/unit/english/wordnet_files.h"

namespace plumbline::benchmarks {

// Image 1 has a dog and a dining table, and its captions a cup and a child; image 2 has a bear.
class CocoFiles : public eval::EvalFiles {
 public:
  std::map<std::string, std::string> inputs() const {
    return {{"instances", instances},
            {"captions", captions},
            {"synonyms", synonyms},
            {"wordnet", words.folder()}};
  }

  english::WordNetFiles words;
  std::string synonyms =
      write("synonyms.txt",
            "person, child, baby, woman, player\nbear, teddy\ncat, kitten\n"
            "dog, puppy\nelephant\ndining table, table,  desk\ncup\n"
            "wine glass\ntoilet\nchair, seat\ntrain\ntie, bow\nhot dog\noven, stove\n"
            "potted plant, houseplant\nskis, ski\nteddy bear, teddybear\n");
  std::string instances =
      write("instances.json",
            R"({"info":{"year":2014},"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[
          {"segmentation":[[1.5,2,3]],"image_id":1,"bbox":[0,0,1,1],"category_id":18,"id":7},
          {"image_id":1,"category_id":67,"id":8},{"image_id":2,"category_id":23,"id":9},
          {"image_id":3,"category_id":99,"id":10}],
         "categories":[{"supercategory":"animal","id":18,"name":"dog"},
          {"id":67,"name":"dining table"},{"id":23,"name":"bear"},{"id":99,"name":"no object"}]})");
  std::string captions =
      write("captions.json",
            R"({"annotations":[{"image_id":1,"id":1,"caption":"A puppy near a cup."},
          {"image_id":2,"id":2,"caption":"Something brown"},
          {"image_id":1,"id":3,"caption":"two children"}]})");
};

}  // namespace plumbline::benchmarks
