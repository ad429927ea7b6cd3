#include "core/jose/compact.h"

#include <cstddef>

namespace assay::jose {
namespace {

constexpr size_t kDotsOfJws = 2;
constexpr size_t kDotsOfJwe = 4;  // RFC 7516 7.1

// Counts the dots of `token`, but stops behind kDotsOfJwe of them: more make no
// difference. `positions` gets those of the first ones.
size_t FindDots(absl::string_view token, size_t positions[kDotsOfJwe + 1]) {
  size_t num_dots = 0;
  size_t at = token.find('.');
  while (at != absl::string_view::npos) {
    positions[num_dots++] = at;
    if (num_dots > kDotsOfJwe) break;
    at = token.find('.', at + 1);
  }
  return num_dots;
}

}  // namespace

Reason SplitCompact(absl::string_view token, const Limits& limits,
                    UnverifiedCompact* compact) {
  if (token.empty()) return Reason::kEmptyToken;
  if (token.size() > limits.max_token_bytes) return Reason::kTokenTooLarge;
  size_t dots[kDotsOfJwe + 1];
  const size_t num_dots = FindDots(token, dots);
  if (num_dots == kDotsOfJwe) return Reason::kEncryptedToken;
  if (num_dots != kDotsOfJws) return Reason::kSegmentCount;

  compact->header = token.substr(0, dots[0]);
  compact->payload = token.substr(dots[0] + 1, dots[1] - dots[0] - 1);
  compact->signature = token.substr(dots[1] + 1);
  compact->signing_input = token.substr(0, dots[1]);
  if (compact->header.size() > limits.max_header_bytes) {
    return Reason::kHeaderTooLarge;
  }
  if (compact->header.empty() || compact->signature.empty()) {
    return Reason::kEmptySegment;
  }
  return Reason::kValid;
}

}  // namespace assay::jose
