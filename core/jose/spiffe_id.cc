#include "core/jose/spiffe_id.h"

#include <cstddef>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace assay::jose {
namespace {

// SPIFFE-ID 2.1 and 2.3.
constexpr size_t kMaxTrustDomainLen = 255;
constexpr size_t kMaxIdLen = 2048;

bool IsMark(char c) { return c == '.' || c == '-' || c == '_'; }

bool IsSegment(absl::string_view text) {
  return !text.empty() && text != "." && text != ".." &&
         absl::c_all_of(text, [](unsigned char c) {
           return absl::ascii_isalnum(c) || IsMark(static_cast<char>(c));
         });
}

}  // namespace

bool IsTrustDomain(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxTrustDomainLen &&
         absl::c_all_of(text, [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) ||
                  IsMark(static_cast<char>(c));
         });
}

bool ReadSpiffeId(absl::string_view text, absl::string_view* trust_domain) {
  if (text.size() > kMaxIdLen || !absl::ConsumePrefix(&text, "spiffe://")) {
    return false;
  }
  const size_t slash = text.find('/');
  if (slash == absl::string_view::npos) return false;
  *trust_domain = text.substr(0, slash);
  return IsTrustDomain(*trust_domain) &&
         absl::c_all_of(absl::StrSplit(text.substr(slash + 1), '/'), IsSegment);
}

}  // namespace assay::jose
