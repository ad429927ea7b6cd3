#include "core/keys/header_memo.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"

namespace assay::keys {
namespace {

// Slots looked at for one header. With at most half of the slots taken, a
// header that finds them all taken is rare; it is then not remembered.
constexpr size_t kMaxProbes = 8;

// A power of two that is at least twice `max_entries`.
size_t NumSlots(size_t max_entries) {
  size_t num = kMaxProbes;
  while (num < 2 * max_entries) num *= 2;
  return num;
}

}  // namespace

HeaderMemo::Entry::Entry(absl::string_view encoded,
                         const jose::ProtectedHeader& header,
                         const PreparedKey* key)
    : encoded(encoded), header(header), key(key) {
  auto& mine = this->header;
  const std::initializer_list<absl::optional<absl::string_view>*> parts = {
      &mine.kid, &mine.typ, &mine.cty};
  for (const auto* part : parts) {
    if (part->has_value()) texts_.append((*part)->data(), (*part)->size());
  }
  // texts_ has its final place: now the views may point into it.
  size_t begin = 0;
  for (auto* part : parts) {
    if (!part->has_value()) continue;
    const size_t len = (*part)->size();
    *part = absl::string_view(texts_).substr(begin, len);
    begin += len;
  }
}

HeaderMemo::HeaderMemo(size_t max_entries)
    : max_entries_(max_entries),
      mask_(NumSlots(max_entries) - 1),
      slots_(new std::atomic<const Entry*>[mask_ + 1]) {
  for (size_t i = 0; i <= mask_; ++i) {
    slots_[i].store(nullptr, std::memory_order_relaxed);
  }
}

HeaderMemo::~HeaderMemo() {
  for (size_t i = 0; i <= mask_; ++i) {
    delete slots_[i].load(std::memory_order_relaxed);
  }
}

const HeaderMemo::Entry* HeaderMemo::Find(absl::string_view encoded) const {
  const size_t hash = absl::Hash<absl::string_view>()(encoded);
  for (size_t probe = 0; probe < kMaxProbes; ++probe) {
    // Acquire pairs with the release in Place.
    const Entry* entry =
        slots_[(hash + probe) & mask_].load(std::memory_order_acquire);
    if (entry == nullptr) return nullptr;
    if (entry->encoded == encoded) return entry;
  }
  return nullptr;
}

void HeaderMemo::Insert(absl::string_view encoded,
                        const jose::ProtectedHeader& header,
                        const PreparedKey* key) {
  if (Find(encoded) != nullptr || !Reserve()) return;
  auto entry = std::make_unique<const Entry>(encoded, header, key);
  if (Place(std::move(entry))) return;
  size_.fetch_sub(1, std::memory_order_relaxed);
}

bool HeaderMemo::Reserve() {
  // Relaxed: the count bounds memory and orders nothing.
  size_t size = size_.load(std::memory_order_relaxed);
  do {
    if (size >= max_entries_) return false;
  } while (
      !size_.compare_exchange_weak(size, size + 1, std::memory_order_relaxed));
  return true;
}

bool HeaderMemo::Place(std::unique_ptr<const Entry> entry) {
  const size_t hash = absl::Hash<absl::string_view>()(entry->encoded);
  for (size_t probe = 0; probe < kMaxProbes; ++probe) {
    std::atomic<const Entry*>& slot = slots_[(hash + probe) & mask_];
    const Entry* present = nullptr;
    // Release pairs with the acquire in Find; acquire on failure, since the
    // entry that came first is looked into.
    if (slot.compare_exchange_strong(present, entry.get(),
                                     std::memory_order_release,
                                     std::memory_order_acquire)) {
      entry.release();
      return true;
    }
    if (present->encoded == entry->encoded) return false;
  }
  return false;
}

}  // namespace assay::keys
