// SPDX-License-Identifier: MIT
#include "svgfusion/training/communicator.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "support/support.h"

namespace svgfusion::training {
namespace {

std::uint16_t free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(listener);
  return ntohs(address.sin_port);
}

// Runs `body` once for each of `world` processes, here threads that meet over TCP all the same.
void together(std::int64_t world, const std::function<void(Communicator&)>& body) {
  const std::uint16_t port = free_port();
  std::vector<std::thread> threads;
  for (std::int64_t rank = 0; rank < world; ++rank) {
    threads.emplace_back([&, rank] {
      Launch launch;
      launch.rank = rank;
      launch.world = world;
      launch.port = port;
      launch.launcher = "test";
      const auto communicator = make_communicator(launch, torch::kCPU);
      body(*communicator);
      communicator->finish();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Communicator, SumsToTheSameBitsEverywhere) {
  for (const std::int64_t world : {1, 2, 3, 4}) {
    // Around the limits: one element, little and much, more than a piece, and not divisible.
    for (const std::int64_t size : {1, 3, 1023, 1024, 5001, 4'700'003}) {
      std::vector<torch::Tensor> inputs;
      for (std::int64_t rank = 0; rank < world; ++rank) {
        at::manual_seed(static_cast<std::uint64_t>(rank + 7));
        inputs.push_back(torch::randn({size}));
      }
      torch::Tensor expected = inputs[0].clone();
      for (std::size_t i = 1; i < inputs.size(); ++i) expected.add_(inputs[i]);
      together(world, [&](Communicator& all) {
        torch::Tensor mine = inputs[static_cast<std::size_t>(all.rank())].clone();
        all.sum(mine);
        EXPECT_TRUE(mine.equal(expected)) << world << " processes, " << size << " elements";
      });
    }
  }
}

TEST(Communicator, ManyCallsInARow) {
  together(4, [](Communicator& all) {
    for (std::int64_t i = 0; i < 20; ++i) {
      auto numbers = torch::full({i % 2 == 0 ? 10 : 3000}, all.rank() + i, torch::kLong);
      all.sum(numbers);
      EXPECT_TRUE(numbers.eq(6 + 4 * i).all().item<bool>());
      EXPECT_EQ(all.largest(all.rank() == 2 ? 15 : 0), 15);
    }
  });
}

TEST(Communicator, BroadcastKeepsEveryBit) {
  const auto numbers = torch::tensor({-0.0F, NAN, 1e-40F, 3.0F});
  together(3, [&](Communicator& all) {
    auto mine = all.is_first() ? numbers.clone() : torch::zeros({4});
    all.broadcast(mine);
    EXPECT_EQ(std::memcmp(mine.data_ptr(), numbers.data_ptr(), mine.nbytes()), 0);
    auto large = torch::full({2'500'000}, static_cast<double>(all.rank() + 1), torch::kDouble);
    all.broadcast(large);
    EXPECT_TRUE(large.eq(1).all().item<bool>());
  });
}

}  // namespace
}  // namespace svgfusion::training
