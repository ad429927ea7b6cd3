// The JWS protected header (RFC 7515 4), parsed strictly.
#ifndef ASSAY_CORE_JOSE_HEADER_H_
#define ASSAY_CORE_JOSE_HEADER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/reason.h"
#include "core/jose/algorithm.h"
#include "core/jose/header_json.h"
#include "core/json/reader.h"

namespace assay::jose {

// What a verifier needs of a header. An absent parameter is not an empty one.
// The texts are views, so that a header costs no allocation: those that Parse
// fills in live until the parser's next Parse.
struct ProtectedHeader {
  Algorithm alg = Algorithm::kUnspecified;
  absl::optional<absl::string_view> kid;
  absl::optional<absl::string_view> typ;
  absl::optional<absl::string_view> cty;
  // What b64 says (RFC 7797), true where it is absent; nothing where the header
  // or its b64 could not be read.
  absl::optional<bool> b64;
};

// How the payload stands in the signing input. Said by the caller.
enum class PayloadEncoding : uint8_t {
  kBase64Url,  // As in every JWT.
  kUnencoded,  // As it is: b64=false (RFC 7797).
};

// Parses headers. Thread safety: none; use one per thread and reuse it.
class HeaderParser {
 public:
  // Decodes and parses the BASE64URL segment `encoded`. Returns kValid, or
  // kHeaderEncoding, kHeaderNotJson, kHeaderTooDeep, kHeaderDuplicateMember,
  // kHeaderMemberType, kHeaderAlgMissing, kAlgorithmNone (in any spelling of
  // case), kAlgorithmUnsupported, kCritInvalid, kCritUnsupported,
  // kB64Unsupported, kB64Missing.
  // b64 must be in crit (RFC 7797 6) and agree with `encoding`; to leave it out
  // is to say true. Embedded keys and references to keys (jwk, jku, x5u, x5c,
  // x5t) are not looked at. `*header` is filled as far as parsing came (alg
  // and kid for reporting) even when the reason is not kValid.
  Reason Parse(absl::string_view encoded, ProtectedHeader* header,
               PayloadEncoding encoding = PayloadEncoding::kBase64Url);

  // The certificates of the header's x5c, decoded and trusted by nobody yet, if
  // the last Parse returned kValid: `*ders` is empty if there is no x5c.
  // Returns kValid, kX5cMalformed or kX5cTooLong (kMaxX5cCertificates).
  Reason ReadX5c(std::vector<std::string>* ders) const;

 private:
  HeaderDocument document_;
  // What the last Parse has read, if that was a good header.
  absl::optional<json::Object> object_;
};

// Whether the media types are the same, "application/" being optional in a
// typ without another slash, ASCII case ignored (RFC 7515 4.1.9).
bool SameMediaType(absl::string_view a, absl::string_view b);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_HEADER_H_
