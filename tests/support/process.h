// Runs the built program as a user would.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/base/files.h"

namespace plumbline::support {

struct Outcome {
  int exit_code = 0;  // 128 + signal when it was killed
  std::string out;
  std::string err;
};

// Path of the plumbline program under test.
std::string program();

// Whether the program was built with MPI and can be started as several processes.
bool has_mpi();
// What stands before a program and its arguments to start it `count` times.
std::vector<std::string> mpirun(int count);

// Runs `arguments` (the program first) to its end. `before_exec` runs in the child.
Outcome run(const std::vector<std::string>& arguments, void (*before_exec)() = nullptr);
// The same for plumbline's own arguments.
Outcome plumbline(std::vector<std::string> arguments, void (*before_exec)() = nullptr);

// Starts plumbline, waits until `file` exists, sends `signal`, waits for the end.
Outcome plumbline_until(std::vector<std::string> arguments, const fs::path& file, int signal);

// For `before_exec`: writes beyond `bytes` in one file fail as on a full disk.
void limit_file_size(int64_t bytes);

}  // namespace plumbline::support
