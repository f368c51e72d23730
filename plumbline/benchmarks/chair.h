// CHAIR: how many of the objects that captions of COCO's images mention are not there
// (Rohrbach et al. 2018, arXiv 1809.02156).
#pragma once

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

// Captions are read as they come: {image_id, caption}, answers of `eval answer`, or CHAIR's own
// {"imgToEval": {id: {image_id, caption}}}. An image is captioned once. Two systems can be compared
// if they captioned the same images.
eval::Benchmark chair();

}  // namespace plumbline::benchmarks
