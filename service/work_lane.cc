#include "service/work_lane.h"

#include <atomic>
#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/status.h"

namespace assay::service {
namespace {

using Work = std::function<grpc::Status(const CallState&)>;

absl::Time DeadlineOf(const grpc::CallbackServerContext& context) {
  return WorkDeadline(absl::FromChrono(context.deadline()), absl::Now());
}

grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                 grpc::Status status) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(std::move(status));
  return reactor;
}

// A unary call whose work is done on the pool. Holds itself until OnDone.
class PooledCall : public grpc::ServerUnaryReactor, public Drainable {
 public:
  PooledCall(absl::Time deadline, Work work)
      : deadline_(deadline), work_(std::move(work)) {}

  // From here on gRPC knows the call, and ends it with OnDone.
  static grpc::ServerUnaryReactor* HandToGrpc(
      const std::shared_ptr<PooledCall>& call) {
    call->self_ = call;
    return call.get();
  }

  // What to Finish with.
  grpc::Status DoWork() {
    grpc::Status status = work_(CallState{deadline_, &cancelled_});
    return forced_.load(std::memory_order_relaxed) ? ShuttingDown() : status;
  }

  // What is in flight is answered: nothing to do.
  void OnDrain() override {}
  void OnForce() override {
    forced_.store(true, std::memory_order_relaxed);
    cancelled_.store(true, std::memory_order_relaxed);
  }

 private:
  void OnCancel() override {
    cancelled_.store(true, std::memory_order_relaxed);
  }
  void OnDone() override { self_.reset(); }

  const absl::Time deadline_;
  const Work work_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> forced_{false};
  std::shared_ptr<PooledCall> self_;
};

}  // namespace

grpc::ServerUnaryReactor* WorkLane::RunInline(
    grpc::CallbackServerContext* context, const Work& work) const {
  if (!drain_.TryEnter()) {
    return Answer(context, refusals_.Refuse(ShuttingDown()));
  }
  auto* reactor = Answer(context, work(CallState{DeadlineOf(*context)}));
  drain_.Leave();
  return reactor;
}

grpc::ServerUnaryReactor* WorkLane::RunBatch(
    grpc::CallbackServerContext* context, size_t num_items, Work work) const {
  if (num_items <= inline_items_) return RunInline(context, work);
  if (!admission_.TryAcquire()) {
    return Answer(
        context, refusals_.Refuse(Overloaded("too many batches wait already")));
  }
  const auto call =
      std::make_shared<PooledCall>(DeadlineOf(*context), std::move(work));
  if (!drain_.TryEnterTold(call)) {
    admission_.Release();
    return Answer(context, refusals_.Refuse(ShuttingDown()));
  }
  grpc::ServerUnaryReactor* const reactor = PooledCall::HandToGrpc(call);
  // The place is given back before the answer goes out, so that a client that
  // asks one thing after the other is never refused for its own last one.
  const auto finish = [this, call](grpc::Status status) {
    admission_.Release();
    call->Finish(std::move(status));
    drain_.LeaveTold(call.get());
  };
  const bool scheduled =
      pool_.TrySchedule([call, finish] { finish(call->DoWork()); });
  if (!scheduled) {
    finish(refusals_.Refuse(Overloaded("the work queue is full")));
  }
  return reactor;
}

void WorkLane::RunForStream(std::function<void()> work) const {
  admission_.AcquireWhenFree([this, work = std::move(work)] {
    auto run = [this, work] {
      work();
      admission_.Release();
    };
    if (!pool_.TrySchedule(run)) run();
  });
}

}  // namespace assay::service
