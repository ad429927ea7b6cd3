// Keeps short texts alive until the arena goes: an allocation per block, not
// per text.
//
// Thread safety: none.
#ifndef ASSAY_CORE_ENGINE_TEXT_ARENA_H_
#define ASSAY_CORE_ENGINE_TEXT_ARENA_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"

namespace assay::engine {

class TextArena {
 public:
  // A copy of `text`, whose data is not null even if it is empty.
  absl::string_view Keep(absl::string_view text) {
    if (text.empty()) return absl::string_view("", 0);
    if (text.size() > room_) {
      room_ = std::max(text.size(), kBlockLen);
      blocks_.emplace_back(new char[room_]);
      next_ = blocks_.back().get();
    }
    char* const copy = next_;
    std::memcpy(copy, text.data(), text.size());
    next_ += text.size();
    room_ -= text.size();
    return absl::string_view(copy, text.size());
  }

 private:
  // Kids of a few hundred tokens.
  static constexpr size_t kBlockLen = 16 * 1024;

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t room_ = 0;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_TEXT_ARENA_H_
