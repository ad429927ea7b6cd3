// What an object says on its outermost level: names and values, in the text's
// order. Whole nested objects have been checked by whoever fills it, but of
// what they hold nothing is kept; of a list, its entries are.
//
// Thread safety: none for a Members that is being filled.
#ifndef ASSAY_CORE_JSON_MEMBERS_H_
#define ASSAY_CORE_JSON_MEMBERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace assay::json {

enum class Kind : uint8_t {
  kNull,
  kBool,    // Which is not kept.
  kInt64,   // A number without fraction or exponent, in [-2^63, 2^63).
  kUint64,  // The same, in [2^63, 2^64). It is not kept.
  kDouble,  // Any other number.
  kString,
  kArray,
  kObject,
};

struct Value {
  Kind kind = Kind::kNull;
  uint32_t num_entries = 0;  // kArray
  union {
    int64_t integer = 0;  // kInt64
    double number;        // kDouble
    size_t first_entry;   // kArray
  };
  absl::string_view text;  // kString, unescaped.
};

struct Member {
  absl::string_view name;  // Unescaped.
  Value value;
};

class Members {
 public:
  std::vector<Member>::const_iterator begin() const { return members_.begin(); }
  std::vector<Member>::const_iterator end() const { return members_.end(); }
  size_t size() const { return members_.size(); }

  // Null if there is none.
  const Value* Find(absl::string_view name) const {
    for (const Member& member : members_) {
      if (member.name == name) return &member.value;
    }
    return nullptr;
  }

  // Of an array that is a member's value. Of its entries that are arrays
  // themselves no entries are kept.
  absl::Span<const Value> EntriesOf(const Value& array) const {
    return absl::MakeConstSpan(entries_).subspan(array.first_entry,
                                                 array.num_entries);
  }

  // For those who fill it. A value that has been added is null until it is
  // filled in, in its place: the pointer is valid until the next one is added
  // by the same function. Entries are added one behind the other.
  void Clear() {
    members_.clear();
    entries_.clear();
  }
  Value* Add(absl::string_view name) {
    members_.emplace_back();
    members_.back().name = name;
    return &members_.back().value;
  }
  Value* AddEntry() {
    entries_.emplace_back();
    return &entries_.back();
  }
  size_t num_entries() const { return entries_.size(); }

 private:
  std::vector<Member> members_;
  std::vector<Value> entries_;  // Of all members that are arrays.
};

}  // namespace assay::json

#endif  // ASSAY_CORE_JSON_MEMBERS_H_
