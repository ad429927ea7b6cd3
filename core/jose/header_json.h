// What the protected headers of JWS and JWE have in common: strict base64url
// and JSON, members that must be strings, and the form of crit (RFC 7515
// 4.1.11, RFC 7516 4.1.13).
#ifndef ASSAY_CORE_JOSE_HEADER_JSON_H_
#define ASSAY_CORE_JOSE_HEADER_JSON_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "core/base/limits.h"
#include "core/json/reader.h"

namespace assay::jose {

enum class HeaderFault : uint8_t {
  kNone = 0,
  kEncoding,
  kNotJson,
  kTooDeep,
  kDuplicateMember,
  kMemberType,
  kCritInvalid,  // Empty, duplicate, registered or absent names.
  kCritTooLong,  // More names than could ever be understood.
};

// One header at a time. Thread safety: none; use one per thread and reuse it.
class HeaderDocument {
 public:
  HeaderDocument();

  // Decodes and parses the BASE64URL segment `encoded`. Returns kNone,
  // kEncoding, kNotJson, kTooDeep or kDuplicateMember. `*object` lives until
  // the next call.
  HeaderFault Parse(absl::string_view encoded, json::Object* object);

 private:
  json::Reader reader_;
  std::string decoded_;
};

bool HasMember(const json::Object& object, absl::string_view name);

// Sets `*out` to the string member `name` if there is one; the view lives as
// long as `object`. False if the member is not a string.
bool ReadString(const json::Object& object, const char* name,
                absl::optional<absl::string_view>* out);

// The names in a header's crit, few enough to be compared with each other.
struct CritNames {
  absl::string_view names[kMaxCritNames];
  size_t num_names = 0;

  bool Contains(absl::string_view name) const;
};

// Collects the names of crit, none if the header has no crit, and judges its
// form: kNone, kMemberType, kCritInvalid or kCritTooLong. Registered, which
// crit must not name, are those of RFC 7515 4.1 and RFC 7516 4.1, and `more`.
HeaderFault ReadCrit(const json::Object& header,
                     absl::Span<const absl::string_view> more,
                     CritNames* names);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_HEADER_JSON_H_
