#include "service/drain.h"

#include <utility>

namespace assay::service {

bool Drain::TryEnter() {
  num_in_flight_.fetch_add(1, std::memory_order_seq_cst);
  if (!draining()) return true;
  Leave();
  return false;
}

void Drain::Leave() {
  const size_t before = num_in_flight_.fetch_sub(1, std::memory_order_seq_cst);
  if (before != 1 || !draining()) return;
  // The last one wakes WaitIdle, whose condition is looked at again whenever
  // the mutex is released.
  absl::MutexLock lock(&mutex_);
}

bool Drain::TryEnterStream(const std::shared_ptr<Drainable>& call) {
  {
    absl::MutexLock lock(&mutex_);
    streams_.emplace(call.get(), call);
  }
  if (TryEnter()) return true;
  absl::MutexLock lock(&mutex_);
  streams_.erase(call.get());
  return false;
}

void Drain::LeaveStream(const Drainable* call) {
  {
    absl::MutexLock lock(&mutex_);
    streams_.erase(call);
  }
  Leave();
}

void Drain::Begin() {
  if (draining_.exchange(true, std::memory_order_seq_cst)) return;
  for (const auto& stream : Streams()) stream->OnDrain();
}

void Drain::Force() {
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(forced_, true)) return;
  }
  for (const auto& stream : Streams()) stream->OnForce();
}

bool Drain::WaitIdle(absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  auto settled = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return forced_ || num_in_flight_.load(std::memory_order_seq_cst) == 0;
  };
  mutex_.AwaitWithDeadline(absl::Condition(&settled), deadline);
  return !forced_ && num_in_flight_.load(std::memory_order_seq_cst) == 0;
}

std::vector<std::shared_ptr<Drainable>> Drain::Streams() {
  std::vector<std::shared_ptr<Drainable>> streams;
  absl::MutexLock lock(&mutex_);
  for (const auto& [call, weak] : streams_) {
    if (auto stream = weak.lock()) streams.push_back(std::move(stream));
  }
  return streams;
}

}  // namespace assay::service
