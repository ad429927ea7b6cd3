#include "core/engine/scratch.h"

#include <algorithm>
#include <cstring>

namespace assay::engine {
namespace {

constexpr size_t kSmallestBuffer = 4096;

}  // namespace

uint8_t* Scratch::Buffer(size_t len) {
  const size_t wanted = len + json::kPadding;
  if (wanted > buffer_len_) {
    buffer_len_ = std::max({wanted, 2 * buffer_len_, kSmallestBuffer});
    // The padding is read, though its value does not matter: zeroed once.
    buffer_ = std::make_unique<uint8_t[]>(buffer_len_);
  }
  return buffer_.get();
}

void Scratch::Wipe(size_t len) {
  explicit_bzero(buffer_.get(), std::min(len, buffer_len_));
  claims_reader.Wipe();
}

void Scratch::DropLargeBuffer() {
  if (buffer_len_ <= kMaxIdleBufferBytes) return;
  buffer_.reset();
  buffer_len_ = 0;
}

std::unique_ptr<Scratch> ScratchPool::Take() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Scratch> scratch = std::move(idle_.back());
      idle_.pop_back();
      return scratch;
    }
  }
  return std::make_unique<Scratch>(max_json_depth_);
}

void ScratchPool::GiveBack(std::unique_ptr<Scratch> scratch) {
  scratch->DropLargeBuffer();
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(scratch));
}

}  // namespace assay::engine
