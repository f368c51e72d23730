// SIGINT, SIGTERM and SIGHUP as a question that long work asks between its steps.
#pragma once

namespace plumbline {

// Installs the handlers. The first signal is remembered; a second one ends the process at once.
// SIGPIPE and SIGXFSZ are ignored: writing reports them as errors.
void watch_signals();

// The signal received, or 0.
int received_signal();

// The signal received, forgotten at once: the next one is the first again. For a program that ends
// an answer by Ctrl-C and goes on. SIGTERM and SIGHUP are not forgotten.
int take_interrupt();

// Throws Interrupted if a signal was received. Call after saving.
void stop_if_interrupted();

}  // namespace plumbline
