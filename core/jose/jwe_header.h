// The header of a JWE for one recipient (RFC 7516 4, RFC 7518 4), parsed
// strictly: the protected header and, in JSON, what stands unprotected.
#ifndef ASSAY_CORE_JOSE_JWE_HEADER_H_
#define ASSAY_CORE_JOSE_JWE_HEADER_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/crypto/key_material.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/header_json.h"
#include "core/json/reader.h"

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
  // The content is compressed (zip "DEF").
  bool is_deflated = false;
};

// Whether content may be compressed. What inflates may be a bomb, and what was
// deflated tells of itself by its length, so it is refused unless somebody
// wants it.
enum class Zip : uint8_t { kRefuse, kAllow };

// Parses headers. Thread safety: none; use one per thread and reuse it.
class JweHeaderParser {
 public:
  // Of `limits`, max_pbes2_iterations counts.
  explicit JweHeaderParser(const Limits& limits, Zip zip = Zip::kRefuse)
      : max_pbes2_iterations_(limits.max_pbes2_iterations), zip_(zip) {}

  // Decodes and parses the BASE64URL segment `encoded`. Returns kValid, or a
  // reason that begins with kHeader, kCrit or kEpk, kAlgorithmUnsupported,
  // kEncUnsupported, kZipUnsupported, kIterationsAboveLimit. crit must not name
  // what RFC 7516 or RFC 7518 define, and no extension is understood, b64
  // neither. Parameters of another alg are ignored once their types are seen to
  // be right. Keys of the sender and references to keys (jwk, jku, x5u, x5c,
  // x5t) are never looked at. `*header` is filled as far as parsing came (alg,
  // enc and kid for reporting) even when the reason is not kValid.
  DecryptReason Parse(absl::string_view encoded, JweHeader* header);

  // The same in two steps, for the JSON forms: what recipients share, which is
  // read once, and each recipient's own. `encoded` is empty where there is no
  // protected header, objects are null where there is none; `unprotected`
  // outlives the use of the recipients' headers, `own` that of its header.
  // Every parameter may stand in any of the three (RFC 7516 7.2.1) but crit and
  // zip, which are kUnprotectedParameter outside the protected one; a name in
  // two of them is kHeaderNamesOverlap. What the protected header alone is
  // wrong about is said by the first step if it is no JSON object, else by the
  // second.
  DecryptReason ParseShared(absl::string_view encoded,
                            const json::Object* unprotected);
  DecryptReason ParseRecipient(const json::Object* own, JweHeader* header);

 private:
  using OptionalText = absl::optional<absl::string_view>;

  // Present and of the right type, no more.
  struct Parameters {
    OptionalText alg, enc, kid, typ, cty, zip;
    // Of some algorithms alone.
    OptionalText apu, apv, iv, tag, p2s;
    absl::optional<json::Object> epk;
    absl::optional<uint64_t> p2c;  // 0 if it is negative.
    bool types_are_right = true;
    DecryptReason crit = DecryptReason::kValid;  // What is said of it.

    // Adds what `header` has.
    void Read(const json::Object& header);
  };

  DecryptReason ReadUnprotected(const json::Object& object,
                                Parameters* parameters) const;
  bool IsDisjoint(const json::Object& object) const;
  void AddNames(const json::Object& object);
  DecryptReason Judge(const Parameters& parameters, JweHeader* header);
  DecryptReason JudgeZip(const OptionalText& zip, JweHeader* header) const;
  DecryptReason ReadOfAlg(const Parameters& parameters, JweHeader* header);
  DecryptReason ReadAgreement(const Parameters& parameters, JweHeader* header);
  DecryptReason ReadGcmWrap(const Parameters& parameters, JweHeader* header);
  DecryptReason ReadPbes2(const Parameters& parameters, JweHeader* header);

  const uint32_t max_pbes2_iterations_;
  const Zip zip_;
  HeaderDocument document_;
  // What the recipients of a token share. Of the names only in JSON's forms.
  Parameters shared_;
  absl::flat_hash_set<absl::string_view> shared_names_;
  // What the header's views are of.
  std::string apu_, apv_, iv_, tag_, p2s_;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWE_HEADER_H_
