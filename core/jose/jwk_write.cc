// Writing JWKs: RFC 7517 4, RFC 7518 6, RFC 8037 2.
#include <string>

#include "core/base/secret_bytes.h"
#include "core/jose/curve_name.h"
#include "core/jose/jwk.h"
#include "core/jose/key_operation_name.h"
#include "core/jose/x5c.h"
#include "core/json/writer.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

// What a JWK's members take beside its numbers and its kid, generously.
constexpr size_t kFixedPartLen = 512;
// A character of a kid escaped as \u00XX.
constexpr size_t kEscapedCharLen = 6;

void WriteBytes(absl::string_view name, absl::string_view bytes,
                json::Writer* json) {
  json->Member(name, Base64UrlEncode(bytes));
}

void WriteSecret(absl::string_view name, const SecretBytes& secret,
                 json::Writer* json) {
  std::string encoded = Base64UrlEncode(secret.view());
  json->Member(name, encoded);
  WipeString(&encoded);
}

absl::string_view TypeName(const crypto::KeyMaterial& material) {
  switch (KeyTypeOf(material)) {
    case KeyType::kOct:
      return "oct";
    case KeyType::kRsa:
      return "RSA";
    case KeyType::kEc:
      return "EC";
    case KeyType::kOkp:
      break;
  }
  return "OKP";
}

// The numbers of a key; the private ones too if asked for and there.
struct NumbersWriter {
  json::Writer* json;
  bool with_secrets;

  void operator()(const crypto::SymmetricKey& key) const {
    if (with_secrets) WriteSecret("k", key.secret, json);
  }
  void operator()(const crypto::RsaKey& key) const {
    WriteBytes("n", key.n, json);
    WriteBytes("e", key.e, json);
    if (!with_secrets || !key.secret.has_value()) return;
    WriteSecret("d", key.secret->d, json);
    WriteSecret("p", key.secret->p, json);
    WriteSecret("q", key.secret->q, json);
    WriteSecret("dp", key.secret->dp, json);
    WriteSecret("dq", key.secret->dq, json);
    WriteSecret("qi", key.secret->qi, json);
  }
  void operator()(const crypto::EcKey& key) const {
    json->Member("crv", EcCurveName(key.curve));
    WriteBytes("x", key.x, json);
    WriteBytes("y", key.y, json);
    if (with_secrets && key.d.has_value()) WriteSecret("d", *key.d, json);
  }
  void operator()(const crypto::Ed25519Key& key) const {
    WriteOctetKeyPair(kEd25519CurveName, key);
  }
  void operator()(const crypto::X25519Key& key) const {
    WriteOctetKeyPair(kX25519CurveName, key);
  }

 private:
  template <typename Key>
  void WriteOctetKeyPair(absl::string_view curve, const Key& key) const {
    json->Member("crv", curve);
    WriteBytes("x", key.x, json);
    if (with_secrets && key.d.has_value()) WriteSecret("d", *key.d, json);
  }
};

void WriteUse(const Jwk& key, json::Writer* json) {
  if (key.use == KeyUse::kEncryption) json->Member("use", "enc");
  if (key.use == KeyUse::kSignature) json->Member("use", "sig");
  if (key.key_ops == 0) return;
  json->Key("key_ops");
  json->BeginArray();
  for (const KeyOperationName& known : kKeyOperationNames) {
    if ((key.key_ops & known.operation) != 0) json->String(known.name);
  }
  for (const std::string& other : key.other_key_ops) json->String(other);
  json->EndArray();
}

void WriteCertificates(const Jwk& key, json::Writer* json) {
  if (!key.x5c.empty()) {
    json->Key("x5c");
    json->BeginArray();
    for (const std::string& der : key.x5c) json->String(EncodeX5c(der));
    json->EndArray();
  }
  if (!key.x5t_s256.empty()) WriteBytes("x5t#S256", key.x5t_s256, json);
}

void WriteJwk(const Jwk& key, bool with_secrets, json::Writer* json) {
  json->BeginObject();
  json->Member("kty", TypeName(key.material));
  if (key.kid.has_value()) json->Member("kid", *key.kid);
  WriteUse(key, json);
  if (key.alg != Algorithm::kUnspecified) {
    json->Member("alg", AlgorithmName(key.alg));
  } else if (key.key_management != KeyManagement::kUnspecified) {
    json->Member("alg", AlgorithmName(key.key_management));
  }
  absl::visit(NumbersWriter{json, with_secrets}, key.material);
  WriteCertificates(key, json);
  json->EndObject();
}

struct SecretLen {
  size_t operator()(const crypto::SymmetricKey& key) const {
    return key.secret.size();
  }
  // Private numbers of RSA take up to 4.5 moduli beside n and e.
  size_t operator()(const crypto::RsaKey& key) const {
    return 6 * key.n.size();
  }
  size_t operator()(const crypto::EcKey& key) const { return 3 * key.x.size(); }
  size_t operator()(const crypto::Ed25519Key& key) const {
    return 2 * key.x.size();
  }
  size_t operator()(const crypto::X25519Key& key) const {
    return 2 * key.x.size();
  }
};

// At least what WritePrivateJwk writes: a string that grew would leave copies
// of secrets behind in freed memory.
size_t LenBound(const Jwk& key) {
  size_t text_len = key.kid.has_value() ? key.kid->size() : 0;
  for (const std::string& other : key.other_key_ops)
    text_len += other.size() + 1;
  // A slash of base64 is two characters in JSON where it is escaped.
  for (const std::string& der : key.x5c) text_len += der.size() + 1;
  return kFixedPartLen + kEscapedCharLen * text_len +
         2 * absl::visit(SecretLen(), key.material);
}

}  // namespace

std::string WritePublicJwk(const Jwk& key) {
  std::string out;
  json::Writer json(&out);
  WriteJwk(PublicHalf(key), /*with_secrets=*/false, &json);
  return out;
}

std::string WritePrivateJwk(const Jwk& key) {
  std::string out;
  out.reserve(LenBound(key));
  json::Writer json(&out);
  WriteJwk(key, /*with_secrets=*/true, &json);
  return out;
}

std::string WritePublicJwkSet(const std::vector<const Jwk*>& keys) {
  std::string out;
  json::Writer json(&out);
  json.BeginObject();
  json.Key("keys");
  json.BeginArray();
  for (const Jwk* key : keys) {
    if (crypto::IsSymmetric(key->material)) continue;
    WriteJwk(PublicHalf(*key), /*with_secrets=*/false, &json);
  }
  json.EndArray();
  json.EndObject();
  return out;
}

}  // namespace assay::jose
