// SPDX-License-Identifier: MIT
#include "svgfusion/training/processes.h"

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <thread>

#include "svgfusion/base/error.h"
#include "svgfusion/base/signals.h"

namespace svgfusion::training {
namespace {

using base::concat;
using Clock = std::chrono::steady_clock;

// Between asking to stop and killing. When all are asked they agree on a step and save it; when one
// has failed the others can only finish what they are writing, for they would wait for that one.
constexpr auto kGrace = std::chrono::seconds(30);
constexpr auto kGraceAfterFailure = std::chrono::seconds(10);

// A port that nobody uses now.
std::uint16_t free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  const bool found =
      listener >= 0 && ::bind(listener, any, size) == 0 && ::getsockname(listener, any, &size) == 0;
  if (listener >= 0) ::close(listener);
  if (!found) throw base::CommunicationError("no free port on 127.0.0.1 for the processes to meet");
  return ntohs(address.sin_port);
}

class Processes {
 public:
  Processes(std::int64_t count, const std::vector<std::string>& arguments) {
    const std::string port = base::to_text(static_cast<std::int64_t>(free_port()));
    for (std::int64_t rank = 0; rank < count; ++rank)
      children_.push_back(start(rank, count, port, arguments));
    running_ = count;
  }
  ~Processes() {
    if (running_ > 0) signal_all(SIGKILL);
  }
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;

  void wait_for_all() {
    while (running_ > 0) {
      reap();
      const int signal = base::stop_signal();
      if ((signal != 0 || !failure_.empty()) && !is_stopping_) {
        is_stopping_ = true;
        patience_ends_ = Clock::now() + (signal != 0 ? kGrace : kGraceAfterFailure);
        signal_all(SIGTERM);  // a second SIGINT, after the terminal's own, would end them at once
      }
      if (is_stopping_ && Clock::now() > patience_ends_) signal_all(SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    base::throw_if_stopped("training");
    if (!failure_.empty()) throw base::Error(failure_);
  }

 private:
  static pid_t start(std::int64_t rank, std::int64_t count, const std::string& port,
                     const std::vector<std::string>& arguments) {
    std::vector<std::string> variables{
        concat("RANK=", rank),        concat("LOCAL_RANK=", rank),
        concat("WORLD_SIZE=", count), concat("LOCAL_WORLD_SIZE=", count),
        "MASTER_ADDR=127.0.0.1",      concat("MASTER_PORT=", port)};
    for (char** variable = environ; *variable != nullptr; ++variable)
      variables.emplace_back(*variable);  // the first of a name counts
    std::vector<std::string> words{"/proc/self/exe"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> out;
      for (std::string& text : texts) out.push_back(text.data());
      out.push_back(nullptr);
      return out;
    };
    auto argv = pointers(words);
    auto envp = pointers(variables);
    const pid_t child = ::fork();
    if (child < 0) throw base::Error("a process cannot be started; the system has no room for it");
    if (child == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // however this process ends
      ::execve("/proc/self/exe", argv.data(), envp.data());
      ::_exit(127);
    }
    return child;
  }

  void signal_all(int signal) const {
    for (const pid_t child : children_)
      if (child > 0) ::kill(child, signal);
  }

  void reap() {
    for (std::size_t i = 0; i < children_.size(); ++i) {
      int status = 0;
      if (children_[i] <= 0 || ::waitpid(children_[i], &status, WNOHANG) != children_[i]) continue;
      children_[i] = 0;
      --running_;
      if ((WIFEXITED(status) && WEXITSTATUS(status) == 0) || !failure_.empty()) continue;
      failure_ = concat("process ", static_cast<std::int64_t>(i), " of ",
                        static_cast<std::int64_t>(children_.size()),
                        WIFEXITED(status) ? " failed with exit code " : " was ended by signal ",
                        WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
                        "; the others were stopped, and the same command goes on from the last "
                        "checkpoint");
    }
  }

  std::vector<pid_t> children_;  // 0 once ended
  std::int64_t running_ = 0;
  std::string failure_;
  bool is_stopping_ = false;
  Clock::time_point patience_ends_;  // once stopping
};

}  // namespace

void run_processes(std::int64_t count, const std::vector<std::string>& arguments) {
  Processes(count, arguments).wait_for_all();
}

}  // namespace svgfusion::training
