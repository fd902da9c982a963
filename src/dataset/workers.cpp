// SPDX-License-Identifier: MIT
#include "workers.h"

#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace svgfusion::dataset {

void run_in_parallel(int threads,
                     const std::function<void(const std::atomic<bool>& has_failed)>& work) {
  std::exception_ptr failure;
  std::mutex mutex;
  std::atomic<bool> has_failed = false;
  const auto guarded = [&] {
    try {
      work(has_failed);
    } catch (...) {
      has_failed = true;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::thread> pool;
  for (int t = 1; t < threads; ++t) pool.emplace_back(guarded);
  guarded();
  for (std::thread& thread : pool) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace svgfusion::dataset
