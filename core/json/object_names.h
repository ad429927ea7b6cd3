// Finds out whether an object has a member name twice. Names of objects that
// are being walked stand on one stack, innermost last.
//
// Thread safety: none.
#ifndef ASSAY_CORE_JSON_OBJECT_NAMES_H_
#define ASSAY_CORE_JSON_OBJECT_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/strings/string_view.h"

namespace assay::json {

// A name and a number that equal names have in common.
struct FingerprintedName {
  uint64_t fingerprint = 0;
  absl::string_view name;
};
using NameStack = std::vector<FingerprintedName>;

// The names of one object. It takes them off the stack when it ends, so
// objects within it come and go between two of its names. Linear in the number
// of names but where fingerprints meet, and then n log n.
class ObjectNames {
 public:
  // `stack` outlives this.
  explicit ObjectNames(NameStack* stack)
      : stack_(*stack), first_(stack->size()) {}
  ~ObjectNames() { stack_.resize(first_); }
  ObjectNames(const ObjectNames&) = delete;
  ObjectNames& operator=(const ObjectNames&) = delete;

  // The name's characters outlive this.
  void Add(absl::string_view name) {
    const uint64_t fingerprint = Fingerprint(name);
    uint64_t& seen = seen_[fingerprint >> 62];
    const uint64_t bit = uint64_t{1} << (fingerprint >> 56 & 63);
    is_suspect_ |= (seen & bit) != 0;
    seen |= bit;
    stack_.emplace_back();
    stack_.back().fingerprint = fingerprint;
    stack_.back().name = name;
  }
  // Of the names added so far. May reorder them on the stack.
  bool HasDuplicate() { return is_suspect_ && FindDuplicate(); }

 private:
  template <typename Word>
  static uint64_t Load(const char* from) {
    Word word;
    std::memcpy(&word, from, sizeof(word));
    return word;
  }
  static uint64_t Fingerprint(absl::string_view name);
  bool FindDuplicate();

  NameStack& stack_;
  const size_t first_;
  // A bit for each value of a fingerprint's upper byte: two names that agree
  // in it make a suspicion.
  uint64_t seen_[4] = {};
  bool is_suspect_ = false;
};

// Of both ends and the length: cheap, and good enough for names that people
// choose. Whoever makes names meet on purpose wins a sort.
inline uint64_t ObjectNames::Fingerprint(absl::string_view name) {
  const size_t len = name.size();
  const char* const begin = name.data();
  const char* const end = begin + len;
  uint64_t head = 0;
  uint64_t tail = 0;
  if (len >= 8) {
    head = Load<uint64_t>(begin);
    tail = Load<uint64_t>(end - 8);
  } else if (len >= 4) {
    head = Load<uint32_t>(begin);
    tail = Load<uint32_t>(end - 4);
  } else if (len > 0) {
    head = Load<uint8_t>(begin);
    tail = Load<uint8_t>(begin + len / 2) << 8 | Load<uint8_t>(end - 1);
  }
  // Odd numbers without a pattern: the upper bits of a product depend on all
  // of its factor's.
  return (head + len) * 0x9e3779b97f4a7c15 + tail * 0xc2b2ae3d27d4eb4f;
}

}  // namespace assay::json

#endif  // ASSAY_CORE_JSON_OBJECT_NAMES_H_
