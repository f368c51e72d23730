// Steps of long work, one after the other, with what remains of it in sight.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace plumbline::study {

struct Step {
  std::string name;
  double seconds = 1;    // about how long it takes on a machine like the authors'
  bool is_done = false;  // by an earlier run: left alone
  std::function<void()> run = {};
};

// Runs those that are not done, in order. Says before each which it is and about how long the rest
// takes, by how far the machine was from `seconds` so far; progress lines of the steps say it, too.
void carry_out(const std::string& label, const std::vector<Step>& steps);

// "3/15, about 4:10 left": step `index` of all, when those before it took `elapsed` seconds instead
// of the expected. At the beginning the expected counts.
std::string whereabouts(const std::vector<Step>& steps, size_t index, double elapsed);

}  // namespace plumbline::study
