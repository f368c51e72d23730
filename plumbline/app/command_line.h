// What the command line says, and the streams it speaks through.
#pragma once

#include "plumbline/app/flags.h"
#include "plumbline/app/stage_list.h"

namespace plumbline::app {

struct CommandLine {
  const Stage* stage = nullptr;  // what is to run; nothing when all is said
  Flags flags = {};
};

// Prints help, the version or the list of keys: then there is no stage. Throws ConfigError for what
// is wrong with the command line, and IoError when standard output cannot be written.
CommandLine parse(int argc, char** argv);

// A full disk or a closed pipe behind standard output must not look like success. Throws IoError.
void flush_results();

// A program started with a standard stream closed would give its number to the next file it opens,
// and write messages into that file.
void open_standard_streams();

}  // namespace plumbline::app
