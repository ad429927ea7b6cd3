#include "service/work_lane.h"

#include <atomic>
#include <utility>

#include "absl/time/time.h"
#include "service/status.h"

namespace assay::service {
namespace {

using Work = std::function<grpc::Status(const CallState&)>;

grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                 grpc::Status status) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(std::move(status));
  return reactor;
}

// A unary call whose work is done on the pool.
class PooledCall : public grpc::ServerUnaryReactor {
 public:
  PooledCall(absl::Time deadline, Work work)
      : deadline_(deadline), work_(std::move(work)) {}

  void Run() { Finish(work_(CallState{deadline_, &cancelled_})); }
  // For a call that is answered without having run.
  void Refuse(grpc::Status status) { Finish(std::move(status)); }

 private:
  void OnCancel() override {
    cancelled_.store(true, std::memory_order_relaxed);
  }
  void OnDone() override { delete this; }

  const absl::Time deadline_;
  const Work work_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace

grpc::ServerUnaryReactor* WorkLane::RunInline(
    grpc::CallbackServerContext* context, const Work& work) const {
  if (!drain_.TryEnter()) return Answer(context, ShuttingDown());
  auto* reactor = Answer(
      context, work(CallState{absl::FromChrono(context->deadline()), nullptr}));
  drain_.Leave();
  return reactor;
}

grpc::ServerUnaryReactor* WorkLane::RunBatch(
    grpc::CallbackServerContext* context, size_t num_items, Work work) const {
  if (num_items <= kInlineItems) return RunInline(context, work);
  if (!drain_.TryEnter()) return Answer(context, ShuttingDown());
  if (!admission_.TryAcquire()) {
    drain_.Leave();
    return Answer(context, Overloaded("too many batches wait already"));
  }
  auto* call =
      new PooledCall(absl::FromChrono(context->deadline()), std::move(work));
  const bool scheduled = pool_.TrySchedule([this, call] {
    call->Run();
    admission_.Release();
    drain_.Leave();
  });
  if (!scheduled) {
    admission_.Release();
    drain_.Leave();
    call->Refuse(Overloaded("the work queue is full"));
  }
  return call;
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
