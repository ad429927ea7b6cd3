// The dots of a compact serialization, by whose number a JWS is told from a JWE
// (RFC 7516 9).
#ifndef ASSAY_CORE_JOSE_COMPACT_DOTS_H_
#define ASSAY_CORE_JOSE_COMPACT_DOTS_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace assay::jose {

inline constexpr size_t kDotsOfJws = 2;  // RFC 7515 7.1
inline constexpr size_t kDotsOfJwe = 4;  // RFC 7516 7.1

struct CompactDots {
  size_t at[kDotsOfJwe + 1];  // The positions of the first `count` dots.
  size_t count = 0;
};

// Counts the dots of `token`, but stops behind kDotsOfJwe of them: more make no
// difference (CVE-2025-27144).
inline CompactDots FindDots(absl::string_view token) {
  CompactDots dots;
  size_t at = token.find('.');
  while (at != absl::string_view::npos) {
    dots.at[dots.count++] = at;
    if (dots.count > kDotsOfJwe) break;
    at = token.find('.', at + 1);
  }
  return dots;
}

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_COMPACT_DOTS_H_
