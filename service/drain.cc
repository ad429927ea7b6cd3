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

bool Drain::TryEnterTold(const std::shared_ptr<Drainable>& call) {
  {
    absl::MutexLock lock(&mutex_);
    told_.emplace(call.get(), call);
  }
  if (TryEnter()) return true;
  absl::MutexLock lock(&mutex_);
  told_.erase(call.get());
  return false;
}

void Drain::LeaveTold(const Drainable* call) {
  {
    absl::MutexLock lock(&mutex_);
    told_.erase(call);
  }
  Leave();
}

void Drain::Begin() {
  if (draining_.exchange(true, std::memory_order_seq_cst)) return;
  for (const auto& call : ToldCalls()) call->OnDrain();
}

void Drain::Force() {
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(forced_, true)) return;
  }
  for (const auto& call : ToldCalls()) call->OnForce();
}

bool Drain::WaitIdle(absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  auto settled = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return forced_ || num_in_flight_.load(std::memory_order_seq_cst) == 0;
  };
  mutex_.AwaitWithDeadline(absl::Condition(&settled), deadline);
  return !forced_ && num_in_flight_.load(std::memory_order_seq_cst) == 0;
}

std::vector<std::shared_ptr<Drainable>> Drain::ToldCalls() {
  std::vector<std::shared_ptr<Drainable>> calls;
  absl::MutexLock lock(&mutex_);
  for (const auto& [call, weak] : told_) {
    if (auto alive = weak.lock()) calls.push_back(std::move(alive));
  }
  return calls;
}

}  // namespace assay::service
