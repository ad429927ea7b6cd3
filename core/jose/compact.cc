#include "core/jose/compact.h"

#include "absl/algorithm/container.h"
#include "core/jose/compact_dots.h"

namespace assay::jose {

Reason SplitCompact(absl::string_view token, const Limits& limits,
                    UnverifiedCompact* compact) {
  if (token.empty()) return Reason::kEmptyToken;
  if (token.size() > limits.max_token_bytes) return Reason::kTokenTooLarge;
  const CompactDots dots = FindDots(token);
  if (dots.count == kDotsOfJwe) return Reason::kEncryptedToken;
  if (dots.count != kDotsOfJws) return Reason::kSegmentCount;

  compact->header = token.substr(0, dots.at[0]);
  compact->payload = token.substr(dots.at[0] + 1, dots.at[1] - dots.at[0] - 1);
  compact->signature = token.substr(dots.at[1] + 1);
  compact->signing_input = token.substr(0, dots.at[1]);
  if (compact->header.size() > limits.max_header_bytes) {
    return Reason::kHeaderTooLarge;
  }
  if (compact->header.empty() || compact->signature.empty()) {
    return Reason::kEmptySegment;
  }
  return Reason::kValid;
}

bool CanStandUnencoded(absl::string_view payload) {
  return absl::c_all_of(
      payload, [](char c) { return c >= ' ' && c <= '~' && c != '.'; });
}

}  // namespace assay::jose
