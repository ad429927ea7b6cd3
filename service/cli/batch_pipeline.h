// The way of batches from a reader over workers to a writer, in three queues:
// empty batches wait for the reader, read ones for a worker, answered ones for
// the writer, who gets them in the order in which they were read and gives
// them back empty. A fixed number of batches goes round, so memory is constant
// and a slow stage holds up those before it.
//
// Concurrency contract: any number of threads may call any method. Nobody
// waits while holding a batch that another waits for: workers, who hold the
// oldest, never wait to give one back.
#ifndef ASSAY_SERVICE_CLI_BATCH_PIPELINE_H_
#define ASSAY_SERVICE_CLI_BATCH_PIPELINE_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "service/cli/batch.h"

namespace assay::cli {

class BatchPipeline {
 public:
  explicit BatchPipeline(int num_batches);
  BatchPipeline(const BatchPipeline&) = delete;
  BatchPipeline& operator=(const BatchPipeline&) = delete;

  // Reader. Waits for a batch to fill; null once no worker takes any more.
  std::unique_ptr<Batch> TakeEmpty();
  // Sequences rise by one from 0.
  void PutRead(std::unique_ptr<Batch> batch);
  // The reader has come to the end (not: has been stopped).
  void EndOfInput();

  // Workers. The oldest batch that was read; null at the end, or once work has
  // been stopped.
  std::unique_ptr<Batch> TakeRead();
  // TakeRead gives no batch any more, to no worker.
  void StopWork();
  // Whether workers have taken all that there ever was to take.
  bool AllTaken();
  // `batch` has been answered.
  void PutAnswered(std::unique_ptr<Batch> batch);
  // Nothing will be answered any more.
  void EndOfWork();

  // Writer. The next batch in order; null when all that were answered in an
  // unbroken order have been given.
  std::unique_ptr<Batch> TakeAnswered();
  void PutEmpty(std::unique_ptr<Batch> batch);

 private:
  bool CanTakeEmpty() const { return stopped_ || !empty_.empty(); }
  bool CanTakeRead() const {
    return stopped_ || input_ended_ || !read_.empty();
  }
  bool CanTakeAnswered() const {
    return work_ended_ || answered_.count(next_sequence_) > 0;
  }

  // std's, which ThreadSanitizer sees. Notified of every change of what
  // follows.
  std::mutex mutex_;
  std::condition_variable changed_;
  // Under mutex_, as are the conditions above:
  std::vector<std::unique_ptr<Batch>> empty_;
  std::deque<std::unique_ptr<Batch>> read_;
  // By sequence.
  std::map<uint64_t, std::unique_ptr<Batch>> answered_;
  uint64_t next_sequence_ = 0;  // For the writer.
  bool input_ended_ = false;
  bool stopped_ = false;
  bool work_ended_ = false;
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_BATCH_PIPELINE_H_
