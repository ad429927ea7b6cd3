// The JWS JSON serialization (RFC 7515 7.2), parsed strictly: one JSON object
// with one signature (flattened) or a list of them (general).
//
// Of what is not signed next to nothing counts: an unprotected header may name
// a key by kid, which only helps to find it. Unknown members are ignored, as
// RFC 7515 7.2.1 has it; no name may be twice in any object.
#ifndef ASSAY_CORE_JOSE_JWS_JSON_H_
#define ASSAY_CORE_JOSE_JWS_JSON_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/jose/header_json.h"
#include "core/jose/jws_parts.h"
#include "core/json/object_names.h"
#include "core/json/reader.h"

namespace assay::jose {

// One object; nothing verified. The payload of each of its parts is left to
// the caller: whether it is encoded depends on the protected headers.
struct UnverifiedJwsJson {
  // The member's text, unescaped. Absent: the payload is detached.
  absl::optional<absl::string_view> payload;
  JwsParts signatures[kMaxJwsSignatures];
  size_t num_signatures = 0;
};

// Thread safety: none; use one per thread and reuse it.
class JwsJsonParser {
 public:
  JwsJsonParser();

  // Parses `text`. Returns kValid, or kEmptyToken, kTokenTooLarge,
  // kJwsNotJson, kJwsTooDeep, kJwsDuplicateMember, kJwsShape, kJwsMemberType,
  // kJwsTooManySignatures, kHeaderOnlyProtected, kHeaderInBoth, or
  // kJwsEncrypted for a JWE. A signature that is well-formed but cannot be
  // accepted says so in its part's reason: kHeaderNotProtected. The views live
  // until the next call.
  Reason Parse(absl::string_view text, const Limits& limits,
               UnverifiedJwsJson* jws);

 private:
  Reason ReadSignature(const json::Object& object, UnverifiedJwsJson* jws);
  Reason ReadUnprotected(const json::Object& object, JwsParts* parts);
  bool IsProtected(const json::Object& unprotected, absl::string_view encoded);

  json::Reader reader_;
  HeaderDocument protected_;
  json::NameStack names_;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWS_JSON_H_
