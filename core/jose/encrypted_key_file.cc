#include "core/jose/encrypted_key_file.h"

#include <algorithm>
#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/decrypt_reason.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/key_material.h"
#include "core/jose/decryption_key.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/encryption_key.h"
#include "core/jose/header.h"
#include "core/jose/header_json.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"
#include "core/jose/jwe_json.h"
#include "core/json/reader.h"

namespace assay::jose {
namespace {

using Content = DecryptedKeyFile::Content;

constexpr absl::string_view kJwkType = "jwk+json";
constexpr absl::string_view kJwkSetType = "jwk-set+json";

crypto::KeyMaterial PasswordKey(absl::string_view password) {
  return crypto::SymmetricKey{SecretBytes(password)};
}

// A file may be larger than a token. A second recipient would be somebody else
// who can read the key.
Limits FileLimits(Limits limits) {
  limits.max_token_bytes = limits.max_key_file_bytes;
  limits.max_recipients = 1;
  return limits;
}

absl::Status NotThis(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "not an encrypted key (a JWE under one password, compact or JSON): ",
      why));
}

// Absent where it is known by other means what the plaintext is (RFC 7517 7).
absl::StatusOr<Content> ContentOf(const JweHeader& header) {
  if (!header.cty.has_value()) return Content::kUnknown;
  if (SameMediaType(*header.cty, kJwkType)) return Content::kJwk;
  if (SameMediaType(*header.cty, kJwkSetType)) return Content::kJwkSet;
  return NotThis("its cty is neither jwk+json nor jwk-set+json");
}

bool IsJson(absl::string_view text) { return absl::StartsWith(text, "{"); }

// The object, recipients, one of them, and its header.
constexpr size_t kMaxFileJsonDepth = 3 + kMaxHeaderJsonDepth;

bool HasCiphertextAlone(absl::string_view text) {
  json::Reader reader(kMaxFileJsonDepth);
  json::Object object;
  const bool is_encrypted =
      reader.ParseOutermost(text, &object) == json::Error::kNone &&
      HasMember(object, "ciphertext") && !HasMember(object, "kty") &&
      !HasMember(object, "keys");
  reader.Wipe();  // It may be a key.
  return is_encrypted;
}

// Takes a JWE of either form apart; the views live as long as this.
class FileReader {
 public:
  explicit FileReader(const Limits& limits)
      : limits_(FileLimits(limits)), compact_(limits_), json_(limits_) {}

  DecryptReason Read(absl::string_view jwe, UnverifiedJwe* parts,
                     JweHeader* header) {
    const bool is_json = IsJson(jwe);
    const DecryptReason reason =
        is_json ? json_.Parse(jwe) : SplitJwe(jwe, limits_, parts);
    if (reason != DecryptReason::kValid) return reason;
    return is_json ? json_.ReadRecipient(0, parts, header)
                   : compact_.Parse(parts->header, header);
  }

 private:
  const Limits limits_;
  JweHeaderParser compact_;
  JweJsonParser json_;
};

}  // namespace

bool LooksEncrypted(absl::string_view text) {
  if (IsJson(text)) return HasCiphertextAlone(text);
  // '{"' in base64url, which every header begins with but for white space.
  return absl::StartsWith(text, "ey") &&
         std::count(text.begin(), text.end(), '.') == 4;
}

absl::StatusOr<DecryptedKeyFile> DecryptKeyFile(absl::string_view jwe,
                                                absl::string_view password,
                                                const Limits& limits) {
  FileReader reader(limits);
  UnverifiedJwe parts;
  JweHeader header;
  DecryptReason reason = reader.Read(jwe, &parts, &header);
  if (reason == DecryptReason::kTooManyRecipients) {
    return NotThis("it has several recipients: encrypt it for one password");
  }
  if (reason != DecryptReason::kValid) return NotThis(ReasonText(reason));
  if (InfoOf(header.alg).family != KeyManagementFamily::kPbes2) {
    return NotThis(absl::StrCat("its alg is ", AlgorithmName(header.alg),
                                ", which takes a key and no password"));
  }
  const absl::StatusOr<Content> content = ContentOf(header);
  if (!content.ok()) return content.status();
  const auto key = DecryptionKey::Create(header.alg, PasswordKey(password),
                                         limits.max_rsa_modulus_bits);
  if (!key.ok()) return key.status();
  IterationBudget budget(std::max(header.p2c, kMinPbes2Iterations));
  DecryptedKeyFile file;
  file.content = *content;
  reason = DecryptCompact(parts, header, **key, &budget, &file.json);
  if (reason == DecryptReason::kValid) return file;
  if (reason != DecryptReason::kDecryptionFailed) {
    return NotThis(ReasonText(reason));
  }
  return absl::InvalidArgumentError(
      "the password does not open this encrypted key, or the file has been "
      "changed");
}

absl::StatusOr<std::string> EncryptJwk(absl::string_view jwk,
                                       absl::string_view password,
                                       const Limits& limits) {
  EncryptOptions options;
  options.cty = kJwkType;
  const auto key =
      EncryptionKey::Create(KeyManagement::kPbes2Hs512A256Kw,
                            PasswordKey(password), limits.max_rsa_modulus_bits);
  if (!key.ok()) return key.status();
  IterationBudget budget(options.p2c);
  return EncryptCompact(options, jwk, **key, FileLimits(limits), &budget);
}

}  // namespace assay::jose
