// The JWE protected header (RFC 7516 4, RFC 7518 4), parsed strictly.
#ifndef ASSAY_CORE_JOSE_JWE_HEADER_H_
#define ASSAY_CORE_JOSE_JWE_HEADER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/crypto/key_material.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/header_json.h"

namespace assay::jose {

// What a recipient needs of a header. Texts and bytes are views: they live
// until the parser's next Parse. Parameters of an alg are decoded, and there
// only if it is the header's.
struct JweHeader {
  // What Parse said of it: nothing is decrypted under a header that is not
  // kValid.
  DecryptReason reason = DecryptReason::kUnspecified;
  KeyManagement alg = KeyManagement::kUnspecified;
  ContentAlgorithm enc = ContentAlgorithm::kUnspecified;
  // An absent parameter is not an empty one.
  absl::optional<absl::string_view> kid;
  absl::optional<absl::string_view> typ;
  absl::optional<absl::string_view> cty;
  // RFC 7518 4.6: an EC or X25519 public key whose numbers have their lengths.
  // Whether it is a point of its curve is the key agreement's to say.
  absl::optional<crypto::KeyMaterial> epk;
  absl::string_view apu, apv;  // Empty if absent (RFC 7518 4.6.2).
  absl::string_view iv, tag;   // RFC 7518 4.7
  absl::string_view p2s;       // RFC 7518 4.8
  uint32_t p2c = 0;
};

// Parses headers. Thread safety: none; use one per thread and reuse it.
class JweHeaderParser {
 public:
  // Of `limits`, max_pbes2_iterations counts.
  explicit JweHeaderParser(const Limits& limits)
      : max_pbes2_iterations_(limits.max_pbes2_iterations) {}

  // Decodes and parses the BASE64URL segment `encoded`. Returns kValid, or a
  // reason that begins with kHeader, kCrit or kEpk, kAlgorithmUnsupported,
  // kEncUnsupported, kZipUnsupported, kIterationsAboveLimit.
  // Compressed content is never accepted: what inflates may be a bomb, and
  // what was deflated tells of itself by its length. crit must not name what
  // RFC 7516 or RFC 7518 define, and no extension is understood, b64 neither.
  // Parameters of another alg are ignored once their types are seen to be
  // right. Keys of the sender and references to keys (jwk, jku, x5u, x5c, x5t)
  // are never looked at. `*header` is filled as far as parsing came (alg, enc
  // and kid for reporting) even when the reason is not kValid.
  DecryptReason Parse(absl::string_view encoded, JweHeader* header);

 private:
  struct Parameters;

  DecryptReason Read(const json::Object& object, JweHeader* header);
  DecryptReason ReadOfAlg(const Parameters& parameters, JweHeader* header);
  DecryptReason ReadAgreement(const Parameters& parameters, JweHeader* header);
  DecryptReason ReadGcmWrap(const Parameters& parameters, JweHeader* header);
  DecryptReason ReadPbes2(const Parameters& parameters, JweHeader* header);

  const uint32_t max_pbes2_iterations_;
  HeaderDocument document_;
  // What the header's views are of.
  std::string apu_, apv_, iv_, tag_, p2s_;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWE_HEADER_H_
