// Where the work of calls is done: small work at once on the thread that
// brought it, batches on the pool, both within the bounds of admission and of
// a shutdown.
//
// A batch holds at most one place of the admission and one of the pool's
// queue, and the pool's queue has room for all that are admitted.
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_SERVICE_WORK_LANE_H_
#define ASSAY_SERVICE_WORK_LANE_H_

#include <cstddef>
#include <functional>

#include "core/exec/thread_pool.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "service/admission.h"
#include "service/call_state.h"
#include "service/drain.h"
#include "service/refusal_log.h"

namespace assay::service {

// Batches of signatures up to this size are worked on where they arrive: the
// hop to another thread costs more than it gains.
inline constexpr size_t kInlineItems = 8;

class WorkLane {
 public:
  // All outlive the lane. Batches of up to `inline_items` never leave the
  // thread that brought them.
  WorkLane(exec::ThreadPool* pool, Admission* admission, Drain* drain,
           RefusalLog* refusals, size_t inline_items = kInlineItems)
      : pool_(*pool),
        admission_(*admission),
        drain_(*drain),
        refusals_(*refusals),
        inline_items_(inline_items) {}

  size_t inline_items() const { return inline_items_; }
  Drain& drain() const { return drain_; }
  RefusalLog& refusals() const { return refusals_; }

  // Answers a unary call on this thread with what `work` returns, or with
  // UNAVAILABLE during a shutdown. `work` fills the response.
  grpc::ServerUnaryReactor* RunInline(
      grpc::CallbackServerContext* context,
      const std::function<grpc::Status(const CallState&)>& work) const;

  // Answers a unary call that carries `num_items`: small ones inline, others
  // on the pool. RESOURCE_EXHAUSTED if too many batches wait already.
  grpc::ServerUnaryReactor* RunBatch(
      grpc::CallbackServerContext* context, size_t num_items,
      std::function<grpc::Status(const CallState&)> work) const;

  // Runs `work` of a stream on the pool as soon as there is a place. Never
  // refuses: a stream has one batch at a time here.
  void RunForStream(std::function<void()> work) const;

 private:
  exec::ThreadPool& pool_;
  Admission& admission_;
  Drain& drain_;
  RefusalLog& refusals_;
  const size_t inline_items_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_WORK_LANE_H_
