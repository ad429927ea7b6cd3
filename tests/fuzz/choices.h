// A fuzzer's bytes as a sequence of choices, for targets that build something
// instead of parsing. When the bytes are used up, every further choice is the
// first one: let that be the one that changes nothing, and short inputs are
// simple cases.
//
// Thread safety: none.
#ifndef ASSAY_TESTS_FUZZ_CHOICES_H_
#define ASSAY_TESTS_FUZZ_CHOICES_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace assay::testing {

class Choices {
 public:
  explicit Choices(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  // A number from 0 to n - 1, for n from 1 to 65536; costs two bytes if n is
  // more than 256, else one.
  size_t Below(size_t n) {
    size_t number = Byte();
    if (n > 256) number = number << 8 | Byte();
    return number % n;
  }
  // Usually not.
  bool Rarely() { return Below(4) == 3; }

  // One of `list`, which is not empty.
  template <typename T, size_t kNum>
  const T& OneOf(const T (&list)[kNum]) {
    return list[Below(kNum)];
  }

 private:
  uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const uint8_t byte = bytes_.front();
    bytes_.remove_prefix(1);
    return byte;
  }

  absl::Span<const uint8_t> bytes_;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_FUZZ_CHOICES_H_
