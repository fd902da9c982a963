// SPDX-License-Identifier: MIT
#include "svgfusion/base/signals.h"

#include <unistd.h>

#include <csignal>

#include "svgfusion/base/error.h"

namespace svgfusion::base {
namespace {

volatile std::sig_atomic_t pending_signal = 0;

void on_signal(int signal) {
  if (pending_signal != 0 && signal == SIGINT) ::_exit(128 + signal);
  pending_signal = signal;
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int stop_signal() { return pending_signal; }

void throw_if_stopped(const char* what) {
  if (pending_signal != 0) {
    throw InterruptedError(
        pending_signal, concat(what, " was stopped by signal ", static_cast<int>(pending_signal)));
  }
}

}  // namespace svgfusion::base
