// Remembers what the raw bytes of a protected header mean: the same few header
// encodings repeat in every batch, and need no second JSON parse.
//
// Trust: an entry is made only from a token whose signature verified, and only
// where its header led to exactly one key, so that a hit never hides another
// candidate. Whether a policy allows the algorithm is judged after a hit.
// Bounded: once full, nothing more is remembered. Lives and dies with its key
// set snapshot, into which its entries point.
//
// Concurrency contract: any number of threads call Find and Insert at once.
// A slot goes from null to an entry once and never changes again, so Find is
// loads alone: an acquire load that pairs with Insert's release
// compare-exchange. Entries are freed by the destructor, when no reader is
// left (the key cache's grace period).
#ifndef ASSAY_CORE_KEYS_HEADER_MEMO_H_
#define ASSAY_CORE_KEYS_HEADER_MEMO_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "core/jose/header.h"
#include "core/keys/prepared_key.h"

namespace assay::keys {

class HeaderMemo {
 public:
  struct Entry {
    Entry(absl::string_view encoded, const jose::ProtectedHeader& header,
          const PreparedKey* key);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    const std::string encoded;     // The exact BASE64URL segment.
    jose::ProtectedHeader header;  // Views into texts_.
    const PreparedKey* const key;

   private:
    std::string texts_;  // kid, typ and cty, one behind the other.
  };

  // Remembers at most `max_entries` headers (0: none).
  explicit HeaderMemo(size_t max_entries);
  ~HeaderMemo();
  HeaderMemo(const HeaderMemo&) = delete;
  HeaderMemo& operator=(const HeaderMemo&) = delete;

  // The entry for exactly these bytes, or null. Valid as long as the memo.
  const Entry* Find(absl::string_view encoded) const;
  // Does nothing if the memo is full or has the bytes already, nor where too
  // many headers collide.
  void Insert(absl::string_view encoded, const jose::ProtectedHeader& header,
              const PreparedKey* key);
  size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  // Counts one more entry in; false if the memo is full.
  bool Reserve();
  // False if the bytes are there already, or no slot is free for them.
  bool Place(std::unique_ptr<const Entry> entry);

  const size_t max_entries_;
  const size_t mask_;  // Number of slots, a power of two, minus one.
  const std::unique_ptr<std::atomic<const Entry*>[]> slots_;
  std::atomic<size_t> size_{0};
};

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_HEADER_MEMO_H_
