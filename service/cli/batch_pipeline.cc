#include "service/cli/batch_pipeline.h"

#include <utility>

namespace assay::cli {

BatchPipeline::BatchPipeline(int num_batches) {
  absl::MutexLock lock(&mutex_);
  for (int i = 0; i < num_batches; ++i) {
    empty_.push_back(std::make_unique<Batch>());
  }
}

std::unique_ptr<Batch> BatchPipeline::TakeEmpty() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &BatchPipeline::CanTakeEmpty));
  if (stopped_) return nullptr;
  std::unique_ptr<Batch> batch = std::move(empty_.back());
  empty_.pop_back();
  return batch;
}

void BatchPipeline::PutRead(std::unique_ptr<Batch> batch) {
  absl::MutexLock lock(&mutex_);
  read_.push_back(std::move(batch));
}

void BatchPipeline::EndOfInput() {
  absl::MutexLock lock(&mutex_);
  input_ended_ = true;
}

std::unique_ptr<Batch> BatchPipeline::TakeRead() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &BatchPipeline::CanTakeRead));
  if (stopped_ || read_.empty()) return nullptr;
  std::unique_ptr<Batch> batch = std::move(read_.front());
  read_.pop_front();
  return batch;
}

void BatchPipeline::StopWork() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

bool BatchPipeline::AllTaken() {
  absl::MutexLock lock(&mutex_);
  return input_ended_ && read_.empty();
}

void BatchPipeline::PutAnswered(std::unique_ptr<Batch> batch) {
  absl::MutexLock lock(&mutex_);
  const uint64_t sequence = batch->sequence;
  answered_.emplace(sequence, std::move(batch));
}

void BatchPipeline::EndOfWork() {
  absl::MutexLock lock(&mutex_);
  work_ended_ = true;
}

std::unique_ptr<Batch> BatchPipeline::TakeAnswered() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &BatchPipeline::CanTakeAnswered));
  const auto next = answered_.find(next_sequence_);
  if (next == answered_.end()) return nullptr;
  std::unique_ptr<Batch> batch = std::move(next->second);
  answered_.erase(next);
  ++next_sequence_;
  return batch;
}

void BatchPipeline::PutEmpty(std::unique_ptr<Batch> batch) {
  batch->Clear();
  absl::MutexLock lock(&mutex_);
  empty_.push_back(std::move(batch));
}

}  // namespace assay::cli
