// SPDX-License-Identifier: MIT
// SIGINT and SIGTERM set a flag that long work reads at its step boundaries; a second SIGINT ends
// the process at once.
#pragma once

namespace svgfusion::base {

void install_signal_handlers();

// The number of the signal that asked to stop, or 0.
int stop_signal();

// Throws InterruptedError when a stop was asked for; `what` names the work, for the message.
void throw_if_stopped(const char* what);

}  // namespace svgfusion::base
