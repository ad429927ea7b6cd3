#include "service/cli/engine_worker.h"

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace assay::cli {
namespace {

// Of the pool: a batch asks for help at most once per thread.
constexpr size_t kMaxQueuedTasks = 1024;

}  // namespace

EngineWorker::EngineWorker(std::unique_ptr<keys::KeySet> key_set,
                           int num_threads)
    : num_threads_(num_threads), pool_(num_threads - 1, kMaxQueuedTasks) {
  key_cache_.Publish(std::move(key_set));
}

int EngineWorker::num_batches() const { return std::min(num_threads_, 2); }

absl::Status EngineWorker::Run(BatchPipeline& pipeline) {
  std::mutex mutex;
  absl::Status first_error;
  const auto drive = [&] {
    while (std::unique_ptr<Batch> batch = pipeline.TakeRead()) {
      const absl::Status status = Answer(*batch);
      if (!status.ok()) {
        pipeline.StopWork();
        std::lock_guard<std::mutex> lock(mutex);
        first_error.Update(status);
        return;
      }
      pipeline.PutAnswered(std::move(batch));
    }
  };
  std::vector<std::thread> helpers;
  for (int i = 1; i < num_batches(); ++i) helpers.emplace_back(drive);
  drive();
  for (std::thread& helper : helpers) helper.join();
  return first_error;
}

}  // namespace assay::cli
