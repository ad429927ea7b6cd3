#include "core/jose/encrypted_key_file.h"

#include <algorithm>
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
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"

namespace assay::jose {
namespace {

using Content = DecryptedKeyFile::Content;

constexpr absl::string_view kJwkType = "jwk+json";
constexpr absl::string_view kJwkSetType = "jwk-set+json";

crypto::KeyMaterial PasswordKey(absl::string_view password) {
  return crypto::SymmetricKey{SecretBytes(password)};
}

// A file may be larger than a token.
Limits FileLimits(Limits limits) {
  limits.max_token_bytes = limits.max_key_file_bytes;
  return limits;
}

absl::Status NotThis(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "not an encrypted key (a compact JWE under a password): ", why));
}

// Absent where it is known by other means what the plaintext is (RFC 7517 7).
absl::StatusOr<Content> ContentOf(const JweHeader& header) {
  if (!header.cty.has_value()) return Content::kUnknown;
  if (SameMediaType(*header.cty, kJwkType)) return Content::kJwk;
  if (SameMediaType(*header.cty, kJwkSetType)) return Content::kJwkSet;
  return NotThis("its cty is neither jwk+json nor jwk-set+json");
}

}  // namespace

bool LooksEncrypted(absl::string_view text) {
  // '{"' in base64url, which every header begins with but for white space.
  return absl::StartsWith(text, "ey") &&
         std::count(text.begin(), text.end(), '.') == 4;
}

absl::StatusOr<DecryptedKeyFile> DecryptKeyFile(absl::string_view jwe,
                                                absl::string_view password,
                                                const Limits& limits) {
  UnverifiedJwe parts;
  DecryptReason reason = SplitJwe(jwe, FileLimits(limits), &parts);
  if (reason != DecryptReason::kValid) return NotThis(ReasonText(reason));
  JweHeaderParser parser(limits);
  JweHeader header;
  reason = parser.Parse(parts.header, &header);
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
