// What answers batches: the engine in this process, or a server.
#ifndef ASSAY_SERVICE_CLI_BATCH_WORKER_H_
#define ASSAY_SERVICE_CLI_BATCH_WORKER_H_

#include <cstddef>

#include "absl/status/status.h"
#include "service/cli/batch.h"
#include "service/cli/batch_pipeline.h"

namespace assay::cli {

class BatchWorker {
 public:
  virtual ~BatchWorker() = default;

  // How many batches are worth having under way at once.
  virtual int num_batches() const = 0;

  // How many lines a batch of these may hold. From 1 to kMaxBatchLines.
  virtual size_t max_batch_lines() const { return kMaxBatchLines; }

  // Takes read batches from `pipeline` and gives them back answered, until
  // there are no more or the work cannot go on; the status then says why. On
  // return nothing is under way. Called once.
  virtual absl::Status Run(BatchPipeline& pipeline) = 0;
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_BATCH_WORKER_H_
