// What answers batches with an engine in this process has in common: keys, and
// threads that take batches. Two batches are under way at once, so that one can
// be written out as text while the other uses the pool.
#ifndef ASSAY_SERVICE_CLI_ENGINE_WORKER_H_
#define ASSAY_SERVICE_CLI_ENGINE_WORKER_H_

#include <memory>

#include "absl/status/status.h"
#include "core/exec/thread_pool.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "service/cli/batch.h"
#include "service/cli/batch_worker.h"

namespace assay::cli {

class EngineWorker : public BatchWorker {
 public:
  // `num_threads` is at least 1.
  EngineWorker(std::unique_ptr<keys::KeySet> key_set, int num_threads);

  int num_batches() const override;
  absl::Status Run(BatchPipeline& pipeline) override;

 protected:
  // Called from several threads at once. An error ends the work.
  virtual absl::Status Answer(Batch& batch) = 0;

  const int num_threads_;
  exec::ThreadPool pool_;
  keys::KeyCache key_cache_;  // Of one set, kLocalKeySet.
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_ENGINE_WORKER_H_
