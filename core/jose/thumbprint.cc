#include "core/jose/thumbprint.h"

#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/digest.h"
#include "core/jose/curve_name.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

// The required members of a key in lexicographic order, without white space
// (RFC 7638 3.2, 3.3). No value needs escaping.
struct RequiredMembers {
  std::string operator()(const crypto::SymmetricKey& key) const {
    std::string k = Base64UrlEncode(key.secret.view());
    std::string json = absl::StrCat("{\"k\":\"", k, "\",\"kty\":\"oct\"}");
    WipeString(&k);
    return json;
  }
  std::string operator()(const crypto::RsaKey& key) const {
    return absl::StrCat("{\"e\":\"", Base64UrlEncode(key.e),
                        "\",\"kty\":\"RSA\",\"n\":\"", Base64UrlEncode(key.n),
                        "\"}");
  }
  std::string operator()(const crypto::EcKey& key) const {
    return absl::StrCat("{\"crv\":\"", EcCurveName(key.curve),
                        "\",\"kty\":\"EC\",\"x\":\"", Base64UrlEncode(key.x),
                        "\",\"y\":\"", Base64UrlEncode(key.y), "\"}");
  }
  std::string operator()(const crypto::Ed25519Key& key) const {
    return OctetKeyPair(kEd25519CurveName, key.x);
  }
  std::string operator()(const crypto::X25519Key& key) const {
    return OctetKeyPair(kX25519CurveName, key.x);
  }

 private:
  // RFC 8037 2.
  static std::string OctetKeyPair(absl::string_view curve,
                                  absl::string_view x) {
    return absl::StrCat("{\"crv\":\"", curve, "\",\"kty\":\"OKP\",\"x\":\"",
                        Base64UrlEncode(x), "\"}");
  }
};

}  // namespace

std::string Thumbprint(const crypto::KeyMaterial& key) {
  std::string json = absl::visit(RequiredMembers(), key);
  const std::string digest = crypto::Sha256(json);
  WipeString(&json);  // A symmetric key's holds the secret.
  return Base64UrlEncode(digest);
}

std::string ThumbprintUri(const crypto::KeyMaterial& key) {
  return absl::StrCat("urn:ietf:params:oauth:jwk-thumbprint:sha-256:",
                      Thumbprint(key));
}

}  // namespace assay::jose
