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
  // The last one wakes WaitIdle, which looks at the count under the mutex: with
  // it, this cannot fall between its look and its wait.
  std::lock_guard<std::mutex> lock(mutex_);
  settled_.notify_all();
}

bool Drain::TryEnterTold(const std::shared_ptr<Drainable>& call) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    told_.emplace(call.get(), call);
  }
  if (TryEnter()) return true;
  std::lock_guard<std::mutex> lock(mutex_);
  told_.erase(call.get());
  return false;
}

void Drain::LeaveTold(const Drainable* call) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
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
    std::lock_guard<std::mutex> lock(mutex_);
    if (std::exchange(forced_, true)) return;
    settled_.notify_all();
  }
  for (const auto& call : ToldCalls()) call->OnForce();
}

bool Drain::WaitIdle(absl::Time deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto settled = [this] {
    return forced_ || num_in_flight_.load(std::memory_order_seq_cst) == 0;
  };
  if (deadline == absl::InfiniteFuture()) {
    settled_.wait(lock, settled);
  } else {
    settled_.wait_until(lock, absl::ToChronoTime(deadline), settled);
  }
  return !forced_ && num_in_flight_.load(std::memory_order_seq_cst) == 0;
}

std::vector<std::shared_ptr<Drainable>> Drain::ToldCalls() {
  std::vector<std::shared_ptr<Drainable>> calls;
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [call, weak] : told_) {
    if (auto alive = weak.lock()) calls.push_back(std::move(alive));
  }
  return calls;
}

}  // namespace assay::service
