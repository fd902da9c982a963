// SPDX-License-Identifier: MIT
#include "store_communicator.h"

#include <chrono>
#include <cstring>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "svgfusion/base/error.h"
#include "svgfusion/base/signals.h"

namespace svgfusion::training {
namespace {

using base::concat;
using Clock = std::chrono::steady_clock;
using Bytes = std::vector<std::uint8_t>;

constexpr std::int64_t kLittle = 1024;         // elements that are not worth a second message
constexpr std::int64_t kPieceBytes = 4 << 20;  // a store takes at most 8 MiB a value
constexpr auto kPatience = std::chrono::minutes(30);         // with a process that says nothing
constexpr auto kPatienceStopped = std::chrono::seconds(20);  // once this one was asked to stop
constexpr auto kJoinPatience = std::chrono::minutes(5);

Bytes to_bytes(const torch::Tensor& tensor) {
  const auto* data = static_cast<const std::uint8_t*>(tensor.const_data_ptr());
  return {data, data + tensor.nbytes()};
}

void from_bytes(const Bytes& bytes, torch::Tensor& tensor) {
  SVGFUSION_CHECK(bytes.size() == tensor.nbytes(), bytes.size(), " for ", tensor.nbytes());
  std::memcpy(tensor.mutable_data_ptr(), bytes.data(), bytes.size());
}

// Flat pieces of a contiguous tensor, of a size that a store takes when cut into `slices`.
std::vector<torch::Tensor> pieces_of(const torch::Tensor& tensor, std::int64_t slices) {
  const auto flat = tensor.view({-1});
  const std::int64_t step = slices * kPieceBytes / tensor.element_size();
  std::vector<torch::Tensor> out;
  for (std::int64_t begin = 0; begin < flat.size(0); begin += step)
    out.push_back(flat.narrow(0, begin, std::min(step, flat.size(0) - begin)));
  return out;
}

// Runs `body` on the tensor in host memory and puts back what became of it.
template <class Body>
void on_host(torch::Tensor& tensor, const Body& body) {
  SVGFUSION_CHECK(tensor.is_contiguous());
  const torch::NoGradGuard no_grad;
  torch::Tensor host = tensor.detach().to(torch::kCPU);
  body(host);
  if (!tensor.is_cpu()) tensor.copy_(host);
}

}  // namespace

c10::intrusive_ptr<c10d::Store> open_store(const Launch& launch) {
  c10d::TCPStoreOptions options;
  options.port = launch.port;
  options.isServer = launch.rank == 0 && !launch.has_store;
  options.numWorkers = static_cast<std::size_t>(launch.world);
  options.waitWorkers = false;
  options.multiTenant = true;
  options.timeout = kJoinPatience;
  const std::string where = concat(launch.address, ":", static_cast<std::int64_t>(launch.port));
  try {
    auto store = c10::make_intrusive<c10d::TCPStore>(launch.address, options);
    return c10::make_intrusive<c10d::PrefixStore>(concat("svgfusion/", launch.session), store);
  } catch (const std::exception& error) {
    throw base::CommunicationError(
        concat("process ", launch.rank, " of ", launch.world, " (", launch.launcher,
               ") cannot meet the others at ", where, ": ", error.what(),
               "; set MASTER_ADDR and MASTER_PORT to a place that all processes reach"));
  }
}

StoreCommunicator::StoreCommunicator(const Launch& launch, c10::intrusive_ptr<c10d::Store> store)
    : Communicator(launch.rank, launch.world), store_(std::move(store)) {}

Bytes StoreCommunicator::take(const std::string& key) {
  const auto begin = Clock::now();
  auto pause = std::chrono::microseconds(20);
  while (!store_->check({key})) {
    const auto waited = Clock::now() - begin;
    if (base::stop_signal() != 0 && waited > kPatienceStopped)
      base::throw_if_stopped("waiting for the other processes");
    if (waited > kPatience) {
      throw base::CommunicationError(
          concat("process ", rank(), " of ", world(), " has heard nothing for ",
                 static_cast<std::int64_t>(kPatience.count()),
                 " minutes; another process is gone or stuck: stop all and start them again"));
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(2000));
  }
  return store_->get(key);
}

std::string StoreCommunicator::own_key(std::int64_t round) const {
  return concat(round, "=", rank());
}

// All send all to all: one message there and none back.
void StoreCommunicator::sum_little(torch::Tensor piece) {
  const std::int64_t round = round_++;
  store_->set(own_key(round), to_bytes(piece));
  torch::Tensor total;
  for (std::int64_t from = 0; from < world(); ++from) {
    torch::Tensor part = piece.clone();
    if (from != rank()) from_bytes(take(concat(round, "=", from)), part);
    total = from == 0 ? part : total.add_(part);
  }
  piece.copy_(total);
  forget(round - 1);
}

// Called when all others are known to be in a later round: they have read this one.
void StoreCommunicator::forget(std::int64_t round) {
  if (round >= 0) store_->deleteKey(own_key(round));
}

// Each adds up one slice and hands the sum back.
void StoreCommunicator::sum_slices(torch::Tensor piece) {
  const std::int64_t round = round_++;
  const auto slice = [&](std::int64_t of) {
    const std::int64_t begin = piece.size(0) * of / world();
    return piece.narrow(0, begin, piece.size(0) * (of + 1) / world() - begin);
  };
  const auto message = [&](std::int64_t from, std::int64_t to) {
    return concat(round, ":", from, ">", to);
  };
  for (std::int64_t to = 0; to < world(); ++to)
    if (to != rank()) store_->set(message(rank(), to), to_bytes(slice(to)));
  torch::Tensor mine = slice(rank());
  torch::Tensor total;
  for (std::int64_t from = 0; from < world(); ++from) {
    torch::Tensor part = mine;
    if (from != rank()) {
      const std::string key = message(from, rank());
      part = torch::empty_like(mine);
      from_bytes(take(key), part);
      store_->deleteKey(key);
    }
    total = from == 0 ? part.clone() : total.add_(part);
  }
  mine.copy_(total);
  forget(round - 1);
  store_->set(own_key(round), to_bytes(mine));
  for (std::int64_t from = 0; from < world(); ++from) {
    if (from == rank()) continue;
    torch::Tensor theirs = slice(from);
    from_bytes(take(concat(round, "=", from)), theirs);
  }
}

void StoreCommunicator::sum(torch::Tensor& tensor) {
  on_host(tensor, [&](torch::Tensor& host) {
    for (const torch::Tensor& piece : pieces_of(host, world())) {
      if (piece.numel() < std::max(world(), kLittle)) {
        sum_little(piece);
      } else {
        sum_slices(piece);
      }
    }
  });
}

void StoreCommunicator::broadcast(torch::Tensor& tensor) {
  on_host(tensor, [&](torch::Tensor& host) {
    std::vector<torch::Tensor> pieces = pieces_of(host, 1);
    const std::int64_t round = round_;
    const auto key = [&](std::size_t i) {
      return concat(round, "!", static_cast<std::int64_t>(i));
    };
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (is_first()) {
        store_->set(key(i), to_bytes(pieces[i]));
      } else {
        from_bytes(take(key(i)), pieces[i]);
      }
    }
    barrier();
    if (!is_first()) return;
    for (std::size_t i = 0; i < pieces.size(); ++i) store_->deleteKey(key(i));
  });
}

// The first process may serve the store: it goes last.
void StoreCommunicator::finish() {
  constexpr const char* kLeft = "left";
  if (store_->add(kLeft, 1) == world()) store_->set("all left", Bytes{1});
  if (is_first()) take("all left");
}

}  // namespace svgfusion::training
