// What a model is asked about an image, without tensors.
#pragma once

#include <string>

namespace plumbline::api {

struct Question {
  std::string image;  // path relative to the model's image folder; empty: no image
  std::string text;   // without image placeholder
};

}  // namespace plumbline::api
