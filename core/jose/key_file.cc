#include "core/jose/key_file.h"

#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/key_encoding.h"
#include "core/crypto/key_material.h"
#include "core/jose/encrypted_key_file.h"

namespace assay::jose {
namespace {

constexpr absl::string_view kUtf8Bom = "\xEF\xBB\xBF";
constexpr absl::string_view kPemBegin = "-----BEGIN";

// Every key in DER is a SEQUENCE, whose tag happens to be the digit 0; and
// within there are tags and zeros that text does not have.
bool MayBeDer(absl::string_view contents) {
  constexpr char kSequenceTag = 0x30;
  const auto is_text = [](char c) {
    return absl::ascii_isprint(c) || absl::ascii_isspace(c);
  };
  return contents.front() == kSequenceTag && !absl::c_all_of(contents, is_text);
}

absl::Status NotAKeyFile() {
  return absl::InvalidArgumentError(
      "not a key: expected a JWK or a JWK Set (JSON, or encrypted as a JWE), "
      "PEM blocks, or one key in DER; a raw secret is written as "
      "{\"kty\":\"oct\",\"k\":\"<the bytes "
      "in base64url>\"}");
}

absl::StatusOr<Jwk> FromMaterial(absl::StatusOr<crypto::KeyMaterial> material,
                                 const Limits& limits) {
  if (!material.ok()) return material.status();
  absl::Status valid =
      crypto::ValidateKeyMaterial(*material, limits.max_rsa_modulus_bits);
  if (!valid.ok()) return valid;
  Jwk key;
  key.material = *std::move(material);
  return key;
}

absl::StatusOr<JwkSet> ParseOneJwk(absl::string_view json,
                                   const Limits& limits) {
  absl::StatusOr<Jwk> key = ParseJwk(json, limits);
  if (!key.ok()) return key.status();
  JwkSet set;
  set.keys.push_back(*std::move(key));
  return set;
}

absl::StatusOr<JwkSet> ParsePem(absl::string_view text, const Limits& limits) {
  auto blocks = crypto::ParsePemKeys(text);
  if (!blocks.ok()) return blocks.status();
  if (blocks->size() > limits.max_keys_per_set) {
    return absl::InvalidArgumentError(
        absl::StrCat("more than ", limits.max_keys_per_set, " PEM blocks"));
  }
  JwkSet set;
  for (size_t i = 0; i < blocks->size(); ++i) {
    absl::StatusOr<Jwk> key = FromMaterial(std::move((*blocks)[i]), limits);
    if (key.ok()) {
      set.keys.push_back(*std::move(key));
    } else {
      set.skipped.push_back({i, "", key.status()});
    }
  }
  if (set.keys.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no PEM block holds a usable key; the first: ",
                     set.skipped.front().why.message()));
  }
  return set;
}

absl::StatusOr<JwkSet> ParseDer(absl::string_view der, const Limits& limits) {
  absl::StatusOr<Jwk> key = FromMaterial(crypto::ParseDerKey(der), limits);
  if (!key.ok()) return key.status();
  JwkSet set;
  set.keys.push_back(*std::move(key));
  return set;
}

// RFC 7517 7.
absl::StatusOr<JwkSet> ParseEncrypted(absl::string_view jwe,
                                      absl::string_view password,
                                      const Limits& limits) {
  if (password.empty()) {
    return absl::FailedPreconditionError(
        "the key is encrypted, and its password is needed: name a file that "
        "holds it (assay: --password-file FILE; assayd: password_file in the "
        "key set)");
  }
  absl::StatusOr<DecryptedKeyFile> file = DecryptKeyFile(jwe, password, limits);
  if (!file.ok()) return file.status();
  absl::StatusOr<JwkSet> keys;
  switch (file->content) {
    case DecryptedKeyFile::Content::kJwk:
      keys = ParseOneJwk(file->json, limits);
      break;
    case DecryptedKeyFile::Content::kJwkSet:
      keys = ParseJwkSet(file->json, limits);
      break;
    case DecryptedKeyFile::Content::kUnknown:
      keys = ParseJwkOrJwkSet(file->json, limits);
      break;
  }
  WipeString(&file->json);
  if (keys.ok()) return keys;
  return absl::Status(keys.status().code(),
                      absl::StrCat("what was encrypted is no usable key: ",
                                   keys.status().message()));
}

}  // namespace

bool IsEncryptedKeyFile(absl::string_view contents) {
  return LooksEncrypted(absl::StripAsciiWhitespace(contents));
}

absl::StatusOr<JwkSet> ParseKeys(absl::string_view contents,
                                 absl::string_view password,
                                 const Limits& limits) {
  if (contents.size() > limits.max_key_file_bytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a key file has at most ", limits.max_key_file_bytes, " bytes"));
  }
  if (absl::StartsWith(contents, kUtf8Bom)) {
    return absl::InvalidArgumentError(
        "the file starts with a byte order mark: save it as UTF-8 without one");
  }
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(contents);
  if (text.empty()) return absl::InvalidArgumentError("the file is empty");
  if (IsEncryptedKeyFile(text)) {
    return ParseEncrypted(absl::StripTrailingAsciiWhitespace(text), password,
                          limits);
  }
  if (text.front() == '{') return ParseJwkOrJwkSet(text, limits);
  if (text.front() == '[') {
    return absl::InvalidArgumentError(
        "a list of keys is written as {\"keys\":[...]}");
  }
  if (absl::StrContains(text, kPemBegin)) return ParsePem(text, limits);
  if (MayBeDer(contents)) return ParseDer(contents, limits);
  return NotAKeyFile();
}

}  // namespace assay::jose
