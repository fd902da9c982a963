// SPDX-License-Identifier: MIT
#include "support/process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "support/support.h"

namespace svgfusion::test {
namespace {

class Child {
 public:
  Child(const std::string& tool, const std::vector<std::string>& arguments,
        const std::string& folder, const std::vector<std::string>& variables) {
    const std::string program = std::string(SVGFUSION_BIN_DIR) + "/" + tool;
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments)
      argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const std::string out = (files_ / "out").string();
    const std::string err = (files_ / "err").string();
    pid_ = ::fork();
    if (pid_ != 0) return;
    const int out_fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int err_fd = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (::chdir(folder.c_str()) != 0 || ::dup2(out_fd, 1) < 0 || ::dup2(err_fd, 2) < 0)
      ::_exit(126);
    for (const std::string& variable : variables) ::putenv(const_cast<char*>(variable.c_str()));
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }

  void signal(int number) const { ::kill(pid_, number); }
  bool ended() {
    if (!ended_) ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
    return ended_;
  }
  Result wait() {
    if (!ended_) ::waitpid(pid_, &status_, 0);
    ended_ = true;
    Result result;
    result.exit_code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
    result.out = read(files_ / "out");
    result.err = read(files_ / "err");
    return result;
  }

 private:
  TemporaryFolder files_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace

Result run_tool(const std::string& tool, const std::vector<std::string>& arguments,
                const std::string& folder, const std::vector<std::string>& variables) {
  return Child(tool, arguments, folder, variables).wait();
}

Result run_and_signal(const std::string& tool, const std::vector<std::string>& arguments,
                      int signal, const std::function<bool()>& ready) {
  Child child(tool, arguments, ".", {});
  for (int i = 0; i < 6000 && !child.ended() && !ready(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  if (!child.ended()) child.signal(signal);
  return child.wait();
}

}  // namespace svgfusion::test
