// Parsing JWKs and JWK Sets: RFC 7517, RFC 7518 6, RFC 8037 2.
//
// Errors name the member at fault and never hold its value. Copies of the text
// that are made on the way are wiped, for they may hold secrets.
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/digest.h"
#include "core/crypto/key_encoding.h"
#include "core/jose/curve_name.h"
#include "core/jose/jwk.h"
#include "core/jose/key_fit.h"
#include "core/jose/key_operation_name.h"
#include "core/jose/thumbprint.h"
#include "core/jose/x5c.h"
#include "core/json/reader.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

using simdjson::SUCCESS;

// Public key and seed of Ed25519 (RFC 8032 5.1.5), both keys of X25519 (RFC
// 7748 5).
constexpr size_t kOkpKeyLen = 32;

absl::string_view View(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

absl::Status Invalid(absl::string_view member, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("\"", member, "\" ", why));
}

bool Has(const json::Object& jwk, const char* name) {
  return jwk.at_key(name).error() == SUCCESS;
}

// A string member, which may be absent.
absl::StatusOr<absl::optional<absl::string_view>> OptionalString(
    const json::Object& jwk, const char* name) {
  json::Element member;
  if (jwk.at_key(name).get(member) != SUCCESS) {
    return absl::optional<absl::string_view>();
  }
  std::string_view text;
  if (member.get_string().get(text) != SUCCESS) {
    return Invalid(name, "must be a string");
  }
  return absl::make_optional(View(text));
}

absl::StatusOr<absl::string_view> RequiredString(const json::Object& jwk,
                                                 const char* name) {
  auto text = OptionalString(jwk, name);
  if (!text.ok()) return text.status();
  if (!text->has_value()) return Invalid(name, "is missing");
  return **text;
}

// Reads the numbers of one JWK. The first fault stays in status(); after it
// nothing more is read, so callers look at it once, at the end.
class NumberReader {
 public:
  explicit NumberReader(const json::Object& jwk) : jwk_(jwk) {}

  const absl::Status& status() const { return status_; }

  // Bytes of any length but 0 (RFC 7518 6.4.1).
  SecretBytes Bytes(const char* name) {
    if (!status_.ok()) return SecretBytes();
    absl::StatusOr<absl::string_view> text = RequiredString(jwk_, name);
    if (!text.ok()) return Fail(text.status());
    if (text->empty()) return Fail(Invalid(name, "is empty"));
    SecretBytes bytes(Base64UrlDecodedSize(text->size()));
    if (!Base64UrlDecode(*text, bytes.data())) {
      return Fail(Invalid(name, "is not base64url without padding"));
    }
    return bytes;
  }

  // Exactly `len` bytes (RFC 7518 6.2.1.2, RFC 8037 2).
  SecretBytes FixedBytes(const char* name, size_t len) {
    SecretBytes bytes = Bytes(name);
    if (status_.ok() && bytes.size() != len) {
      return Fail(Invalid(name, absl::StrCat("must have ", len,
                                             " bytes and has ", bytes.size())));
    }
    return bytes;
  }

  // A Base64urlUInt (RFC 7518 2): big-endian, as short as can be.
  SecretBytes Uint(const char* name) {
    SecretBytes bytes = Bytes(name);
    if (status_.ok() && bytes.data()[0] == 0) {
      return Fail(Invalid(name,
                          "starts with a zero byte; RFC 7518 2 wants the "
                          "shortest form"));
    }
    return bytes;
  }

  absl::optional<SecretBytes> OptionalFixedBytes(const char* name, size_t len) {
    if (!Has(jwk_, name)) return absl::nullopt;
    return FixedBytes(name, len);
  }

 private:
  SecretBytes Fail(absl::Status status) {
    status_ = std::move(status);
    return SecretBytes();
  }

  const json::Object& jwk_;
  absl::Status status_;
};

std::string Public(const SecretBytes& bytes) {
  return std::string(bytes.view());
}

absl::StatusOr<crypto::KeyMaterial> ParseOct(const json::Object& jwk) {
  NumberReader numbers(jwk);
  crypto::SymmetricKey key;
  key.secret = numbers.Bytes("k");
  if (!numbers.status().ok()) return numbers.status();
  if (key.secret.size() > kMaxSymmetricKeyBytes) {
    return Invalid(
        "k", absl::StrCat("has more than ", kMaxSymmetricKeyBytes, " bytes"));
  }
  return crypto::KeyMaterial(std::move(key));
}

constexpr const char* kRsaPrivateMembers[] = {"d", "p", "q", "dp", "dq", "qi"};

bool HasAnyRsaPrivateMember(const json::Object& jwk) {
  for (const char* name : kRsaPrivateMembers) {
    if (Has(jwk, name)) return true;
  }
  return false;
}

// RFC 7518 6.3.2. All six numbers are asked for: without the primes signing is
// slow and its blinding weaker.
absl::StatusOr<crypto::RsaPrivateNumbers> ParseRsaPrivate(
    const json::Object& jwk) {
  for (const char* name : kRsaPrivateMembers) {
    if (!Has(jwk, name)) {
      return Invalid(name,
                     "is missing; a private RSA key needs d, p, q, dp, dq and "
                     "qi");
    }
  }
  NumberReader numbers(jwk);
  crypto::RsaPrivateNumbers secret;
  secret.d = numbers.Uint("d");
  secret.p = numbers.Uint("p");
  secret.q = numbers.Uint("q");
  secret.dp = numbers.Uint("dp");
  secret.dq = numbers.Uint("dq");
  secret.qi = numbers.Uint("qi");
  if (!numbers.status().ok()) return numbers.status();
  return secret;
}

absl::StatusOr<crypto::KeyMaterial> ParseRsa(const json::Object& jwk) {
  if (Has(jwk, "oth")) {
    return Invalid("oth", "(more than two primes) is not supported");
  }
  NumberReader numbers(jwk);
  crypto::RsaKey key;
  key.n = Public(numbers.Uint("n"));
  key.e = Public(numbers.Uint("e"));
  if (!numbers.status().ok()) return numbers.status();
  if (HasAnyRsaPrivateMember(jwk)) {
    auto secret = ParseRsaPrivate(jwk);
    if (!secret.ok()) return secret.status();
    key.secret = *std::move(secret);
  }
  return crypto::KeyMaterial(std::move(key));
}

absl::StatusOr<crypto::KeyMaterial> ParseEc(const json::Object& jwk) {
  absl::StatusOr<absl::string_view> crv = RequiredString(jwk, "crv");
  if (!crv.ok()) return crv.status();
  const absl::optional<crypto::Curve> curve = EcCurveFromName(*crv);
  if (!curve.has_value()) {
    return absl::UnimplementedError(
        "\"crv\" is not a supported curve (P-256, P-384, P-521)");
  }
  const size_t len = crypto::CurveCoordinateLen(*curve);
  NumberReader numbers(jwk);
  crypto::EcKey key;
  key.curve = *curve;
  key.x = Public(numbers.FixedBytes("x", len));
  key.y = Public(numbers.FixedBytes("y", len));
  key.d = numbers.OptionalFixedBytes("d", len);
  if (!numbers.status().ok()) return numbers.status();
  return crypto::KeyMaterial(std::move(key));
}

template <typename Key>
absl::StatusOr<crypto::KeyMaterial> ParseOkpNumbers(const json::Object& jwk) {
  NumberReader numbers(jwk);
  Key key;
  key.x = Public(numbers.FixedBytes("x", kOkpKeyLen));
  key.d = numbers.OptionalFixedBytes("d", kOkpKeyLen);
  if (!numbers.status().ok()) return numbers.status();
  return crypto::KeyMaterial(std::move(key));
}

absl::StatusOr<crypto::KeyMaterial> ParseOkp(const json::Object& jwk) {
  absl::StatusOr<absl::string_view> crv = RequiredString(jwk, "crv");
  if (!crv.ok()) return crv.status();
  if (*crv == kEd25519CurveName) {
    return ParseOkpNumbers<crypto::Ed25519Key>(jwk);
  }
  if (*crv == kX25519CurveName) return ParseOkpNumbers<crypto::X25519Key>(jwk);
  return absl::UnimplementedError(
      "\"crv\" is not a supported curve (Ed25519, X25519)");
}

absl::StatusOr<crypto::KeyMaterial> ParseMaterial(const json::Object& jwk) {
  absl::StatusOr<absl::string_view> kty = RequiredString(jwk, "kty");
  if (!kty.ok()) return kty.status();
  if (*kty == "RSA") return ParseRsa(jwk);
  if (*kty == "EC") return ParseEc(jwk);
  if (*kty == "OKP") return ParseOkp(jwk);
  if (*kty == "oct") return ParseOct(jwk);
  return absl::UnimplementedError(
      "\"kty\" is not a supported key type (RSA, EC, OKP, oct)");
}

absl::Status ParseKid(const json::Object& jwk, Jwk* key) {
  auto kid = OptionalString(jwk, "kid");
  if (!kid.ok()) return kid.status();
  if (kid->has_value()) key->kid.emplace(**kid);
  return absl::OkStatus();
}

absl::Status ParseAlg(const json::Object& jwk, Jwk* key) {
  auto alg = OptionalString(jwk, "alg");
  if (!alg.ok()) return alg.status();
  if (!alg->has_value()) return absl::OkStatus();
  key->alg = AlgorithmFromName(**alg);
  key->key_management = KeyManagementFromName(**alg);
  if (key->alg == Algorithm::kUnspecified &&
      key->key_management == KeyManagement::kUnspecified) {
    return Invalid("alg",
                   "is no supported algorithm of signatures or key management");
  }
  return absl::OkStatus();
}

// RFC 7517 4.2. Other values may be registered one day; none is known.
absl::Status ParseUse(const json::Object& jwk, Jwk* key) {
  auto use = OptionalString(jwk, "use");
  if (!use.ok()) return use.status();
  if (!use->has_value()) return absl::OkStatus();
  // "jwt-svid": SPIFFE's bundles say it of keys that sign JWT-SVIDs (SPIFFE
  // Trust Domain and Bundle 4.2.2).
  if (**use == "sig" || **use == "jwt-svid") {
    key->use = KeyUse::kSignature;
  } else if (**use == "enc") {
    key->use = KeyUse::kEncryption;
  } else {
    return absl::UnimplementedError("\"use\" is neither \"sig\" nor \"enc\"");
  }
  return absl::OkStatus();
}

uint32_t KeyOperationBit(absl::string_view name) {
  for (const KeyOperationName& known : kKeyOperationNames) {
    if (name == known.name) return known.operation;
  }
  return kKeyOpOther;
}

// RFC 7517 4.3.
absl::Status ParseKeyOps(const json::Object& jwk, Jwk* key) {
  json::Element member;
  if (jwk.at_key("key_ops").get(member) != SUCCESS) return absl::OkStatus();
  json::Array list;
  if (member.get_array().get(list) != SUCCESS) {
    return Invalid("key_ops", "must be a list of strings");
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (const json::Element element : list) {
    std::string_view name;
    if (element.get_string().get(name) != SUCCESS) {
      return Invalid("key_ops", "must be a list of strings");
    }
    if (!seen.insert(View(name)).second) {
      return Invalid("key_ops", "holds the same operation twice");
    }
    const uint32_t bit = KeyOperationBit(View(name));
    key->key_ops |= bit;
    if (bit == kKeyOpOther) key->other_key_ops.emplace_back(name);
  }
  // An empty list is not "absent": it allows nothing.
  if (seen.empty()) return Invalid("key_ops", "is empty");
  return absl::OkStatus();
}

// RFC 7517 4.3: use and key_ops must not contradict each other; nor may a use
// for signatures and an alg of encryption.
absl::Status CheckUse(const Jwk& key) {
  if (key.use == KeyUse::kSignature &&
      key.key_management != KeyManagement::kUnspecified) {
    return absl::InvalidArgumentError(
        "\"use\" and \"alg\" contradict each other");
  }
  const bool sig_with_other =
      key.use == KeyUse::kSignature &&
      (key.key_ops & (kKeyOpsOfEncryption | kKeyOpOther)) != 0;
  const bool enc_with_sig = key.use == KeyUse::kEncryption &&
                            (key.key_ops & kKeyOpsOfSignatures) != 0;
  if (sig_with_other || enc_with_sig) {
    return absl::InvalidArgumentError(
        "\"use\" and \"key_ops\" contradict each other");
  }
  return absl::OkStatus();
}

absl::Status CheckAlgFitsKey(const Jwk& key) {
  if (key.key_management != KeyManagement::kUnspecified) {
    const absl::Status fits = CheckKeyFits(key.key_management, key.material);
    return fits.ok() ? fits
                     : Invalid("alg", absl::StrCat("does not fit the key: ",
                                                   fits.message()));
  }
  if (key.alg == Algorithm::kUnspecified ||
      IsCompatible(key.alg, key.material)) {
    return absl::OkStatus();
  }
  return Invalid("alg", KeyTypeOf(key.material) == KeyType::kOct
                            ? "does not fit: it is not for secrets, or wants a "
                              "longer one (RFC 7518 3.2)"
                            : "does not fit the key's type or curve");
}

// RFC 7518 3.2; CVE-2026-45363: a short secret is refused when it is loaded.
absl::Status CheckSecretLen(const Jwk& key) {
  if (KeyTypeOf(key.material) != KeyType::kOct || key.IsForEncryption() ||
      IsCompatible(Algorithm::kHs256, key.material)) {
    return absl::OkStatus();
  }
  return Invalid(
      "k",
      "is too short for every algorithm of signatures: HS256 needs "
      "32 bytes (a secret for encryption says so by its alg or use)");
}

absl::Status ParseMetadata(const json::Object& jwk, Jwk* key) {
  absl::Status status = ParseKid(jwk, key);
  status.Update(ParseAlg(jwk, key));
  status.Update(ParseUse(jwk, key));
  status.Update(ParseKeyOps(jwk, key));
  status.Update(CheckUse(*key));
  return status;
}

// RFC 7517 4.7.
absl::Status ParseX5c(const json::Object& jwk, Jwk* key) {
  json::Element member;
  if (jwk.at_key("x5c").get(member) != SUCCESS) return absl::OkStatus();
  const absl::Status status = DecodeX5c(member, kMaxX5cCertificates, &key->x5c);
  if (!status.ok()) return Invalid("x5c", status.message());
  if (crypto::IsSymmetric(key->material)) {
    return Invalid("x5c",
                   "does not go with a secret, which has no certificate");
  }
  const auto certified = crypto::ParseCertificateKey(key->x5c.front());
  if (!certified.ok()) {
    return Invalid("x5c", absl::StrCat("has a first certificate that cannot "
                                       "be used: ",
                                       certified.status().message()));
  }
  // They are written again, to the public as well: what is no certificate might
  // be its private key.
  for (size_t i = 1; i < key->x5c.size(); ++i) {
    if (crypto::ParseCertificateKey(key->x5c[i]).ok()) continue;
    return Invalid("x5c", absl::StrCat("entry ", i + 1,
                                       " is no certificate of a usable key"));
  }
  // Which of the two keys was meant would be anybody's guess.
  if (Thumbprint(*certified) != Thumbprint(key->material)) {
    return Invalid("x5c", "is the certificate of another key");
  }
  return absl::OkStatus();
}

// RFC 7517 4.9.
absl::Status ParseX5tS256(const json::Object& jwk, Jwk* key) {
  const auto text = OptionalString(jwk, "x5t#S256");
  if (!text.ok()) return text.status();
  if (!text->has_value()) return absl::OkStatus();
  if (!Base64UrlDecode(**text, &key->x5t_s256) ||
      key->x5t_s256.size() != crypto::HashLen(crypto::Hash::kSha256)) {
    return Invalid("x5t#S256", "is not a SHA-256 digest in base64url");
  }
  if (!key->x5c.empty() && key->x5t_s256 != crypto::Sha256(key->x5c.front())) {
    return Invalid("x5t#S256", "is not the digest of x5c's first certificate");
  }
  return absl::OkStatus();
}

absl::StatusOr<Jwk> ParseObject(const json::Object& jwk, const Limits& limits) {
  Jwk key;
  absl::Status status = ParseMetadata(jwk, &key);
  if (!status.ok()) return status;
  absl::StatusOr<crypto::KeyMaterial> material = ParseMaterial(jwk);
  if (!material.ok()) return material.status();
  key.material = *std::move(material);
  status = CheckAlgFitsKey(key);
  status.Update(CheckSecretLen(key));
  if (!status.ok()) return status;
  status =
      crypto::ValidateKeyMaterial(key.material, limits.max_rsa_modulus_bits);
  if (!status.ok()) return status;
  status = ParseX5c(jwk, &key);
  status.Update(ParseX5tS256(jwk, &key));
  if (!status.ok()) return status;
  return key;
}

absl::Status ToStatus(json::Error error) {
  if (error == json::Error::kNone) return absl::OkStatus();
  return absl::InvalidArgumentError(json::ErrorText(error));
}

// A JSON text that may hold secrets, parsed; its copies die with it.
class SecretDocument {
 public:
  explicit SecretDocument(const Limits& limits)
      : reader_(limits.max_json_depth) {}
  ~SecretDocument() { reader_.Wipe(); }

  absl::Status Parse(absl::string_view text) {
    return ToStatus(reader_.ParseObject(text, &object_));
  }
  // Leaves what the members hold to Check.
  absl::Status ParseOutermost(absl::string_view text) {
    return ToStatus(reader_.ParseOutermost(text, &object_));
  }
  absl::Status Check(const json::Element& value, size_t depth) {
    return ToStatus(reader_.CheckValue(value, depth));
  }
  // Checks what the members hold, but for the one of this name.
  absl::Status CheckAllBut(absl::string_view name) {
    for (auto member : object_) {
      if (View(member.key) == name) continue;
      absl::Status status = Check(member.value, /*depth=*/2);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }
  const json::Object& object() const { return object_; }

 private:
  json::Reader reader_;
  json::Object object_;
};

// Members that only a private or a symmetric key has: RFC 7518 6.2.2, 6.3.2
// and 6.4.1, RFC 8037 2.
bool HasSecretMember(const json::Object& jwk) {
  return HasAnyRsaPrivateMember(jwk) || Has(jwk, "oth") || Has(jwk, "k");
}

// Where a member is there twice, `entry` must not be read as a key: which of
// the two counts would be anybody's guess.
absl::StatusOr<Jwk> ParseEntry(const json::Element& entry, const Limits& limits,
                               SecretDocument* document) {
  absl::Status strict = document->Check(entry, /*depth=*/3);
  if (!strict.ok()) return strict;
  json::Object object;
  if (entry.get_object().get(object) != SUCCESS) {
    return absl::InvalidArgumentError("not a JSON object");
  }
  return ParseObject(object, limits);
}

SkippedKey Skipped(const json::Element& entry, size_t index, absl::Status why) {
  SkippedKey skipped;
  skipped.index = index;
  skipped.why = std::move(why);
  json::Object object;
  if (entry.get_object().get(object) != SUCCESS) return skipped;
  std::string_view kid;
  if (object.at_key("kid").get_string().get(kid) == SUCCESS) {
    skipped.kid = std::string(kid);
  }
  skipped.holds_secret = HasSecretMember(object);
  return skipped;
}

absl::StatusOr<JwkSet> ParseSetObject(const Limits& limits,
                                      SecretDocument* document) {
  json::Element member;
  if (document->object().at_key("keys").get(member) != SUCCESS) {
    return Invalid("keys", "is missing");
  }
  json::Array list;
  if (member.get_array().get(list) != SUCCESS) {
    return Invalid("keys", "must be a list");
  }
  absl::Status status = document->CheckAllBut("keys");
  if (!status.ok()) return status;
  JwkSet set;
  size_t index = 0;
  for (const json::Element entry : list) {
    if (index >= limits.max_keys_per_set) {
      return Invalid("keys", absl::StrCat("holds more than ",
                                          limits.max_keys_per_set, " keys"));
    }
    absl::StatusOr<Jwk> key = ParseEntry(entry, limits, document);
    if (key.ok()) {
      set.keys.push_back(*std::move(key));
    } else {
      set.skipped.push_back(Skipped(entry, index, key.status()));
    }
    ++index;
  }
  return set;
}

}  // namespace

absl::StatusOr<Jwk> ParseJwk(absl::string_view json, const Limits& limits) {
  SecretDocument document(limits);
  absl::Status status = document.Parse(json);
  if (!status.ok()) return status;
  return ParseObject(document.object(), limits);
}

absl::StatusOr<JwkSet> ParseJwkSet(absl::string_view json,
                                   const Limits& limits) {
  SecretDocument document(limits);
  absl::Status status = document.ParseOutermost(json);
  if (!status.ok()) return status;
  return ParseSetObject(limits, &document);
}

absl::StatusOr<JwkSet> ParseJwkOrJwkSet(absl::string_view json,
                                        const Limits& limits) {
  SecretDocument document(limits);
  absl::Status status = document.ParseOutermost(json);
  if (!status.ok()) return status;
  const json::Object& object = document.object();
  if (Has(object, "keys")) {
    if (!Has(object, "kty")) return ParseSetObject(limits, &document);
    return absl::InvalidArgumentError(
        "the object has both \"kty\" and \"keys\": is it a key or a set?");
  }
  status = document.CheckAllBut("keys");  // Which there is not.
  if (!status.ok()) return status;
  absl::StatusOr<Jwk> key = ParseObject(object, limits);
  if (!key.ok()) return key.status();
  JwkSet set;
  set.keys.push_back(*std::move(key));
  return set;
}

}  // namespace assay::jose
