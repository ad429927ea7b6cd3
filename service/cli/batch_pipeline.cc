#include "service/cli/batch_pipeline.h"

#include <utility>

namespace assay::cli {

BatchPipeline::BatchPipeline(int num_batches) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (int i = 0; i < num_batches; ++i) {
    empty_.push_back(std::make_unique<Batch>());
  }
}

std::unique_ptr<Batch> BatchPipeline::TakeEmpty() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return CanTakeEmpty(); });
  if (stopped_) return nullptr;
  std::unique_ptr<Batch> batch = std::move(empty_.back());
  empty_.pop_back();
  return batch;
}

void BatchPipeline::PutRead(std::unique_ptr<Batch> batch) {
  std::lock_guard<std::mutex> lock(mutex_);
  read_.push_back(std::move(batch));
  changed_.notify_all();
}

void BatchPipeline::EndOfInput() {
  std::lock_guard<std::mutex> lock(mutex_);
  input_ended_ = true;
  changed_.notify_all();
}

std::unique_ptr<Batch> BatchPipeline::TakeRead() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return CanTakeRead(); });
  if (stopped_ || read_.empty()) return nullptr;
  std::unique_ptr<Batch> batch = std::move(read_.front());
  read_.pop_front();
  return batch;
}

void BatchPipeline::StopWork() {
  std::lock_guard<std::mutex> lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

bool BatchPipeline::AllTaken() {
  std::lock_guard<std::mutex> lock(mutex_);
  return input_ended_ && read_.empty();
}

void BatchPipeline::PutAnswered(std::unique_ptr<Batch> batch) {
  std::lock_guard<std::mutex> lock(mutex_);
  const uint64_t sequence = batch->sequence;
  answered_.emplace(sequence, std::move(batch));
  changed_.notify_all();
}

void BatchPipeline::EndOfWork() {
  std::lock_guard<std::mutex> lock(mutex_);
  work_ended_ = true;
  changed_.notify_all();
}

std::unique_ptr<Batch> BatchPipeline::TakeAnswered() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return CanTakeAnswered(); });
  const auto next = answered_.find(next_sequence_);
  if (next == answered_.end()) return nullptr;
  std::unique_ptr<Batch> batch = std::move(next->second);
  answered_.erase(next);
  ++next_sequence_;
  return batch;
}

void BatchPipeline::PutEmpty(std::unique_ptr<Batch> batch) {
  batch->Clear();
  std::lock_guard<std::mutex> lock(mutex_);
  empty_.push_back(std::move(batch));
  changed_.notify_all();
}

}  // namespace assay::cli
