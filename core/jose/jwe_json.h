// The JSON serializations of a JWE (RFC 7516 7.2): flattened, for one
// recipient, and general, for several. Both in one object on its own; which of
// them it is, its members say, and never both.
//
// Strict as all that is foreign: no name twice in any object, no name in two of
// a recipient's headers, no member with an empty value that must be absent
// then, no JWS in the same object (CVE-2022-39227). Members that RFC 7516 does
// not know are ignored, as it wants.
#ifndef ASSAY_CORE_JOSE_JWE_JSON_H_
#define ASSAY_CORE_JOSE_JWE_JSON_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"
#include "core/json/reader.h"

namespace assay::jose {

// Parses tokens. Thread safety: none; use one per thread and reuse it.
class JweJsonParser {
 public:
  explicit JweJsonParser(const Limits& limits, Zip zip = Zip::kRefuse);

  // Parses `token` and judges what concerns it as a whole: kValid, or a reason
  // that begins with kToken or kHeader, kEmptyToken, kSignedJson,
  // kTooManyRecipients, kSegmentEncoding (of aad), kUnprotectedParameter or
  // kRecipientsDisagree. All recipients must have the same enc, and with dir or
  // ECDH-ES, which leave no key to share, there is only one (RFC 7516 4.1.2,
  // 5.1). That a recipient is of no use here does not void a token: it may be
  // meant for others. Linear in the token's length and the number of
  // recipients.
  DecryptReason Parse(absl::string_view token);

  // What follows is of the last token that was kValid. 1 at least.
  size_t num_recipients() const { return recipients_.size(); }
  // Its additional authenticated data, decoded.
  const absl::optional<std::string>& aad() const { return aad_; }

  // The token as recipient `i` (< num_recipients()) has it, with its header's
  // reason. Both are views that live until the next call of this or Parse.
  DecryptReason ReadRecipient(size_t i, UnverifiedJwe* jwe, JweHeader* header);

 private:
  struct Recipient {
    absl::string_view encrypted_key;  // Empty if absent.
    absl::optional<json::Object> header;
  };

  DecryptReason ReadContent(const json::Object& token);
  DecryptReason ReadRecipients(const json::Object& token);
  DecryptReason AddRecipient(const json::Object& object);
  DecryptReason JudgeRecipients();

  const Limits limits_;
  json::Reader reader_;
  JweHeaderParser header_parser_;
  absl::optional<json::Object> unprotected_;
  std::vector<Recipient> recipients_;
  // Of every recipient: what they share. header is authenticated_.
  UnverifiedJwe shared_;
  absl::string_view protected_;
  std::string authenticated_;
  absl::optional<std::string> aad_;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWE_JSON_H_
