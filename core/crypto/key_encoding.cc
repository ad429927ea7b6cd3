#include "core/crypto/key_encoding.h"

#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/ed25519.h"
#include "core/crypto/native_keys.h"
#include "core/crypto/pem.h"
#include "core/crypto/x25519.h"

namespace assay::crypto {
namespace {

using KeyOrError = absl::StatusOr<KeyMaterial>;

constexpr unsigned kContext0 =
    CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 0;
constexpr unsigned kContext1 =
    CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 1;
// [1] IMPLICIT BIT STRING.
constexpr unsigned kImplicit1 = CBS_ASN1_CONTEXT_SPECIFIC | 1;

// DER contents of an object identifier; they may hold NUL bytes.
template <size_t N>
constexpr absl::string_view Oid(const char (&bytes)[N]) {
  return absl::string_view(bytes, N - 1);
}
constexpr auto kOidRsa = Oid("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
constexpr auto kOidRsaPss = Oid("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a");
constexpr auto kOidEc = Oid("\x2a\x86\x48\xce\x3d\x02\x01");
constexpr auto kOidEd25519 = Oid("\x2b\x65\x70");
constexpr auto kOidX25519 = Oid("\x2b\x65\x6e");
constexpr auto kOidP256 = Oid("\x2a\x86\x48\xce\x3d\x03\x01\x07");
constexpr auto kOidP384 = Oid("\x2b\x81\x04\x00\x22");
constexpr auto kOidP521 = Oid("\x2b\x81\x04\x00\x23");

absl::Status Invalid(absl::string_view why) {
  return absl::InvalidArgumentError(why);
}

absl::string_view View(const CBS& cbs) {
  return absl::string_view(reinterpret_cast<const char*>(CBS_data(&cbs)),
                           CBS_len(&cbs));
}

CBS Reader(absl::string_view bytes) {
  CBS cbs;
  CBS_init(&cbs, Bytes(bytes), bytes.size());
  return cbs;
}

// Reads an INTEGER that is not negative; `*number` loses its leading zeros.
bool GetNumber(CBS* in, absl::string_view* number) {
  CBS integer;
  if (!CBS_get_asn1(in, &integer, CBS_ASN1_INTEGER) ||
      !CBS_is_unsigned_asn1_integer(&integer)) {
    return false;
  }
  *number = View(integer);
  while (!number->empty() && number->front() == '\0') number->remove_prefix(1);
  return true;
}

// A BIT STRING of whole bytes.
bool GetBits(CBS* in, unsigned tag, CBS* bits) {
  uint8_t unused_bits;
  return CBS_get_asn1(in, bits, tag) && CBS_get_u8(bits, &unused_bits) &&
         unused_bits == 0;
}

// ---- RSA: RFC 8017 A.1

KeyOrError ParseRsaPublic(CBS in) {
  CBS sequence;
  absl::string_view n, e;
  if (!CBS_get_asn1(&in, &sequence, CBS_ASN1_SEQUENCE) || CBS_len(&in) != 0 ||
      !GetNumber(&sequence, &n) || !GetNumber(&sequence, &e) ||
      CBS_len(&sequence) != 0) {
    return Invalid("not an RSAPublicKey (PKCS#1)");
  }
  return RsaKey{std::string(n), std::string(e), absl::nullopt};
}

KeyOrError ParseRsaPrivate(CBS in) {
  CBS sequence;
  uint64_t version;
  if (!CBS_get_asn1(&in, &sequence, CBS_ASN1_SEQUENCE) || CBS_len(&in) != 0 ||
      !CBS_get_asn1_uint64(&sequence, &version)) {
    return Invalid("not an RSAPrivateKey (PKCS#1)");
  }
  if (version != 0) {
    return Invalid("RSA keys of more than two primes are not supported");
  }
  absl::string_view n, e, d, p, q, dp, dq, qi;
  for (absl::string_view* number : {&n, &e, &d, &p, &q, &dp, &dq, &qi}) {
    if (!GetNumber(&sequence, number)) {
      return Invalid("not an RSAPrivateKey (PKCS#1)");
    }
  }
  if (CBS_len(&sequence) != 0) {
    return Invalid("data behind an RSAPrivateKey (PKCS#1)");
  }
  return RsaKey{
      std::string(n), std::string(e),
      RsaPrivateNumbers{SecretBytes(d), SecretBytes(p), SecretBytes(q),
                        SecretBytes(dp), SecretBytes(dq), SecretBytes(qi)}};
}

// ---- Elliptic curves: RFC 5480, RFC 5915

// ECParameters: a named curve. Explicit parameters could describe a curve that
// only looks like a known one (CVE-2020-0601).
absl::StatusOr<Curve> ParseCurve(CBS* in) {
  CBS oid;
  if (CBS_peek_asn1_tag(in, CBS_ASN1_SEQUENCE)) {
    return Invalid("explicit EC parameters are refused: name the curve");
  }
  if (!CBS_get_asn1(in, &oid, CBS_ASN1_OBJECT)) {
    return Invalid("the EC key names no curve");
  }
  if (View(oid) == kOidP256) return Curve::kP256;
  if (View(oid) == kOidP384) return Curve::kP384;
  if (View(oid) == kOidP521) return Curve::kP521;
  return Invalid("the curve is none of P-256, P-384, P-521");
}

bool PointToKey(const EC_GROUP* group, const EC_POINT* point, EcKey* key) {
  const size_t len = CurveCoordinateLen(key->curve);
  std::string encoded(1 + 2 * len, '\0');
  const bool ok =
      EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED,
                         reinterpret_cast<uint8_t*>(&encoded[0]),
                         encoded.size(), nullptr) == encoded.size();
  key->x = encoded.substr(1, len);
  key->y = encoded.substr(1 + len);
  return ok;
}

// The point of SEC 1 2.3.3, uncompressed or compressed.
KeyOrError ParseEcPoint(Curve curve, absl::string_view encoded) {
  EcKey key;
  key.curve = curve;
  const size_t len = CurveCoordinateLen(curve);
  if (encoded.size() == 1 + 2 * len && encoded[0] == 4) {
    key.x = std::string(encoded.substr(1, len));
    key.y = std::string(encoded.substr(1 + len));
    return key;
  }
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(CurveNid(curve)));
  const EC_GROUP* group = ec ? EC_KEY_get0_group(ec.get()) : nullptr;
  bssl::UniquePtr<EC_POINT> point(group ? EC_POINT_new(group) : nullptr);
  if (!ClearErrorsUnless(encoded.size() == 1 + len && point &&
                         EC_POINT_oct2point(group, point.get(), Bytes(encoded),
                                            encoded.size(), nullptr) &&
                         PointToKey(group, point.get(), &key))) {
    return Invalid("not the encoding of a point on the curve");
  }
  return key;
}

KeyOrError PublicFromScalar(Curve curve, absl::string_view d) {
  EcKey key;
  key.curve = curve;
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(CurveNid(curve)));
  bssl::UniquePtr<BIGNUM> scalar(BN_bin2bn(Bytes(d), d.size(), nullptr));
  const EC_GROUP* group = ec ? EC_KEY_get0_group(ec.get()) : nullptr;
  bssl::UniquePtr<EC_POINT> point(group ? EC_POINT_new(group) : nullptr);
  if (!ClearErrorsUnless(scalar && point && !BN_is_zero(scalar.get()) &&
                         BN_cmp(scalar.get(), EC_GROUP_get0_order(group)) < 0 &&
                         EC_POINT_mul(group, point.get(), scalar.get(), nullptr,
                                      nullptr, nullptr) &&
                         PointToKey(group, point.get(), &key))) {
    return Invalid("the EC private number is out of range");
  }
  return key;
}

// The optional fields of an ECPrivateKey. `*curve` is checked if it is known,
// and set if it is not; `*point` stays empty if there is none.
absl::Status ParseEcOptional(CBS* sequence, absl::optional<Curve>* curve,
                             CBS* point) {
  CBS field;
  if (CBS_peek_asn1_tag(sequence, kContext0)) {
    if (!CBS_get_asn1(sequence, &field, kContext0)) {
      return Invalid("the curve of an ECPrivateKey is malformed");
    }
    absl::StatusOr<Curve> inner = ParseCurve(&field);
    if (!inner.ok()) return inner.status();
    if (CBS_len(&field) != 0 || curve->value_or(*inner) != *inner) {
      return Invalid("the EC key names two curves");
    }
    *curve = *inner;
  }
  if (CBS_peek_asn1_tag(sequence, kContext1)) {
    if (!CBS_get_asn1(sequence, &field, kContext1) ||
        !GetBits(&field, CBS_ASN1_BITSTRING, point) || CBS_len(&field) != 0) {
      return Invalid("the public key of an ECPrivateKey is malformed");
    }
  }
  if (CBS_len(sequence) != 0) return Invalid("data behind an ECPrivateKey");
  return absl::OkStatus();
}

// `curve` is what the enclosing PKCS#8 names, if there is one.
KeyOrError ParseEcPrivate(CBS in, absl::optional<Curve> curve) {
  CBS sequence, scalar;
  uint64_t version;
  if (!CBS_get_asn1(&in, &sequence, CBS_ASN1_SEQUENCE) || CBS_len(&in) != 0 ||
      !CBS_get_asn1_uint64(&sequence, &version) || version != 1 ||
      !CBS_get_asn1(&sequence, &scalar, CBS_ASN1_OCTETSTRING)) {
    return Invalid("not an ECPrivateKey (SEC 1)");
  }
  CBS point;
  CBS_init(&point, nullptr, 0);
  absl::Status status = ParseEcOptional(&sequence, &curve, &point);
  if (!status.ok()) return status;
  if (!curve.has_value()) return Invalid("the EC key names no curve");
  const size_t len = CurveCoordinateLen(*curve);
  if (CBS_len(&scalar) > len) {
    return Invalid("the EC private number is too long for its curve");
  }
  KeyOrError key = CBS_len(&point) > 0 ? ParseEcPoint(*curve, View(point))
                                       : PublicFromScalar(*curve, View(scalar));
  if (!key.ok()) return key;
  // Some encoders drop leading zeros, against RFC 5915 3.
  SecretBytes d(len);
  std::memcpy(d.data() + len - CBS_len(&scalar), CBS_data(&scalar),
              CBS_len(&scalar));
  absl::get<EcKey>(*key).d = std::move(d);
  return key;
}

// ---- Ed25519, X25519: RFC 8410

KeyOrError ParseEd25519Private(CBS in, absl::string_view public_key) {
  CBS seed;
  if (!CBS_get_asn1(&in, &seed, CBS_ASN1_OCTETSTRING) || CBS_len(&in) != 0 ||
      CBS_len(&seed) != kEd25519KeyLen) {
    return Invalid("an Ed25519 private key is not 32 bytes long");
  }
  std::string x = Ed25519PublicFromSeed(View(seed));
  if (!public_key.empty() && public_key != x) {
    return Invalid("the Ed25519 private key does not fit the public key");
  }
  return Ed25519Key{std::move(x), SecretBytes(View(seed))};
}

KeyOrError ParseX25519Private(CBS in, absl::string_view public_key) {
  CBS d;
  if (!CBS_get_asn1(&in, &d, CBS_ASN1_OCTETSTRING) || CBS_len(&in) != 0 ||
      CBS_len(&d) != kX25519KeyLen) {
    return Invalid("an X25519 private key is not 32 bytes long");
  }
  std::string x = X25519PublicFromPrivate(View(d));
  if (!public_key.empty() && public_key != x) {
    return Invalid("the X25519 private key does not fit the public key");
  }
  return X25519Key{std::move(x), SecretBytes(View(d))};
}

// ---- AlgorithmIdentifier, SubjectPublicKeyInfo, PKCS#8

enum class KeyType { kRsa, kEc, kEd25519, kX25519 };

struct AlgorithmIdentifier {
  KeyType type;
  absl::optional<Curve> curve;
};

bool IsNull(CBS parameters) {
  CBS null;
  return CBS_get_asn1(&parameters, &null, CBS_ASN1_NULL) &&
         CBS_len(&null) == 0 && CBS_len(&parameters) == 0;
}

// `in` holds the contents of an AlgorithmIdentifier.
absl::StatusOr<AlgorithmIdentifier> ParseAlgorithm(CBS in) {
  CBS oid;
  if (!CBS_get_asn1(&in, &oid, CBS_ASN1_OBJECT)) {
    return Invalid("the key's algorithm is malformed");
  }
  if (View(oid) == kOidRsa) {
    if (IsNull(in)) return AlgorithmIdentifier{KeyType::kRsa, {}};
    return Invalid("the RSA key's algorithm has parameters other than NULL");
  }
  if (View(oid) == kOidEd25519) {
    if (CBS_len(&in) == 0) return AlgorithmIdentifier{KeyType::kEd25519, {}};
    return Invalid("the Ed25519 key's algorithm has parameters");
  }
  if (View(oid) == kOidX25519) {
    if (CBS_len(&in) == 0) return AlgorithmIdentifier{KeyType::kX25519, {}};
    return Invalid("the X25519 key's algorithm has parameters");
  }
  if (View(oid) == kOidEc) {
    absl::StatusOr<Curve> curve = ParseCurve(&in);
    if (!curve.ok()) return curve.status();
    if (CBS_len(&in) == 0) return AlgorithmIdentifier{KeyType::kEc, *curve};
    return Invalid("data behind the EC key's curve");
  }
  if (View(oid) == kOidRsaPss) {
    return Invalid(
        "a key of type RSASSA-PSS is not supported: encode it as an RSA key "
        "(rsaEncryption)");
  }
  return Invalid("the key's algorithm is none of RSA, EC, Ed25519, X25519");
}

// `in` holds one SubjectPublicKeyInfo, RFC 5280 4.1.
KeyOrError ParseSpki(CBS in) {
  CBS sequence, algorithm, key;
  if (!CBS_get_asn1(&in, &sequence, CBS_ASN1_SEQUENCE) || CBS_len(&in) != 0 ||
      !CBS_get_asn1(&sequence, &algorithm, CBS_ASN1_SEQUENCE) ||
      !GetBits(&sequence, CBS_ASN1_BITSTRING, &key) ||
      CBS_len(&sequence) != 0) {
    return Invalid("not a SubjectPublicKeyInfo");
  }
  const auto identifier = ParseAlgorithm(algorithm);
  if (!identifier.ok()) return identifier.status();
  switch (identifier->type) {
    case KeyType::kRsa:
      return ParseRsaPublic(key);
    case KeyType::kEc:
      return ParseEcPoint(*identifier->curve, View(key));
    case KeyType::kEd25519:
      if (CBS_len(&key) == kEd25519KeyLen) {
        return Ed25519Key{std::string(View(key)), absl::nullopt};
      }
      return Invalid("an Ed25519 public key is not 32 bytes long");
    case KeyType::kX25519:
      if (CBS_len(&key) == kX25519KeyLen) {
        return X25519Key{std::string(View(key)), absl::nullopt};
      }
      return Invalid("an X25519 public key is not 32 bytes long");
  }
  return Invalid("not a SubjectPublicKeyInfo");
}

// What follows the private key: attributes, which are ignored, and in version
// 2 the public key.
bool ParsePkcs8Optional(CBS* sequence, uint64_t version, CBS* public_key) {
  CBS attributes;
  if (CBS_peek_asn1_tag(sequence, kContext0) &&
      !CBS_get_asn1(sequence, &attributes, kContext0)) {
    return false;
  }
  if (version == 1 && CBS_peek_asn1_tag(sequence, kImplicit1) &&
      !GetBits(sequence, kImplicit1, public_key)) {
    return false;
  }
  return CBS_len(sequence) == 0;
}

// RFC 5958 2 (OneAsymmetricKey; version 0 is PKCS#8 of old).
KeyOrError ParsePkcs8(CBS in) {
  CBS sequence, algorithm, key, public_key;
  CBS_init(&public_key, nullptr, 0);
  uint64_t version;
  if (!CBS_get_asn1(&in, &sequence, CBS_ASN1_SEQUENCE) || CBS_len(&in) != 0 ||
      !CBS_get_asn1_uint64(&sequence, &version) || version > 1 ||
      !CBS_get_asn1(&sequence, &algorithm, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&sequence, &key, CBS_ASN1_OCTETSTRING) ||
      !ParsePkcs8Optional(&sequence, version, &public_key)) {
    return Invalid("not a PrivateKeyInfo (PKCS#8)");
  }
  const auto identifier = ParseAlgorithm(algorithm);
  if (!identifier.ok()) return identifier.status();
  switch (identifier->type) {
    case KeyType::kRsa:
      return ParseRsaPrivate(key);
    case KeyType::kEc:
      return ParseEcPrivate(key, identifier->curve);
    case KeyType::kEd25519:
      return ParseEd25519Private(key, View(public_key));
    case KeyType::kX25519:
      return ParseX25519Private(key, View(public_key));
  }
  return Invalid("not a PrivateKeyInfo (PKCS#8)");
}

// ---- X.509 certificates: RFC 5280 4.1

KeyOrError ParseCertificate(CBS in) {
  CBS certificate, tbs, element, spki;
  if (!CBS_get_asn1(&in, &certificate, CBS_ASN1_SEQUENCE) ||
      CBS_len(&in) != 0 ||
      !CBS_get_asn1(&certificate, &tbs, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&certificate, &element, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&certificate, &element, CBS_ASN1_BITSTRING) ||
      CBS_len(&certificate) != 0 ||
      // Version, serial number, signature algorithm, issuer, validity, subject.
      !CBS_get_optional_asn1(&tbs, &element, nullptr, kContext0) ||
      !CBS_get_asn1(&tbs, &element, CBS_ASN1_INTEGER) ||
      !CBS_get_asn1(&tbs, &element, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&tbs, &element, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&tbs, &element, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&tbs, &element, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1_element(&tbs, &spki, CBS_ASN1_SEQUENCE)) {
    return Invalid("not an X.509 certificate");
  }
  return ParseSpki(spki);
}

// ---- Which encoding is it?

KeyOrError Encrypted() {
  return Invalid("the key is encrypted: decrypt it first");
}

// `elements` are those of a SEQUENCE that starts with a SEQUENCE.
KeyOrError ParseStartingWithSequence(CBS elements, CBS in) {
  CBS skipped;
  CBS_get_asn1(&elements, &skipped, CBS_ASN1_SEQUENCE);
  if (CBS_peek_asn1_tag(&elements, CBS_ASN1_BITSTRING)) return ParseSpki(in);
  if (CBS_peek_asn1_tag(&elements, CBS_ASN1_SEQUENCE)) {
    return ParseCertificate(in);
  }
  // EncryptedPrivateKeyInfo, RFC 5958 3.
  if (CBS_peek_asn1_tag(&elements, CBS_ASN1_OCTETSTRING)) return Encrypted();
  return Invalid("no known encoding of a key");
}

// `elements` are those of a SEQUENCE that starts with an INTEGER.
KeyOrError ParseStartingWithInteger(CBS elements, CBS in) {
  CBS skipped;
  CBS_get_asn1(&elements, &skipped, CBS_ASN1_INTEGER);
  if (CBS_peek_asn1_tag(&elements, CBS_ASN1_SEQUENCE)) return ParsePkcs8(in);
  if (CBS_peek_asn1_tag(&elements, CBS_ASN1_OCTETSTRING)) {
    return ParseEcPrivate(in, absl::nullopt);
  }
  CBS_get_asn1(&elements, &skipped, CBS_ASN1_INTEGER);
  return CBS_len(&elements) == 0 ? ParseRsaPublic(in) : ParseRsaPrivate(in);
}

KeyOrError ParseBlock(const PemBlock& block) {
  if (block.label == "ENCRYPTED PRIVATE KEY") return Encrypted();
  if (!block.error.empty()) return Invalid(block.error);
  const CBS der = Reader(block.der.view());
  if (block.label == "PUBLIC KEY") return ParseSpki(der);
  if (block.label == "PRIVATE KEY") return ParsePkcs8(der);
  if (block.label == "RSA PUBLIC KEY") return ParseRsaPublic(der);
  if (block.label == "RSA PRIVATE KEY") return ParseRsaPrivate(der);
  if (block.label == "EC PRIVATE KEY") {
    return ParseEcPrivate(der, absl::nullopt);
  }
  if (block.label == "CERTIFICATE") return ParseCertificate(der);
  return Invalid("the PEM block's label is not one of a key");
}

}  // namespace

absl::StatusOr<KeyMaterial> ParseDerKey(absl::string_view der) {
  const CBS whole = Reader(der);
  CBS in = whole, elements;
  if (!CBS_get_asn1(&in, &elements, CBS_ASN1_SEQUENCE)) {
    return Invalid("not DER: a key is a SEQUENCE");
  }
  if (CBS_len(&in) != 0) return Invalid("data behind the key");
  if (CBS_peek_asn1_tag(&elements, CBS_ASN1_SEQUENCE)) {
    return ParseStartingWithSequence(elements, whole);
  }
  if (CBS_peek_asn1_tag(&elements, CBS_ASN1_INTEGER)) {
    return ParseStartingWithInteger(elements, whole);
  }
  return Invalid("no known encoding of a key");
}

absl::StatusOr<KeyMaterial> ParseCertificateKey(absl::string_view der) {
  return ParseCertificate(Reader(der));
}

absl::StatusOr<std::vector<absl::StatusOr<KeyMaterial>>> ParsePemKeys(
    absl::string_view pem) {
  std::vector<absl::StatusOr<KeyMaterial>> keys;
  for (const PemBlock& block : ParsePem(pem)) keys.push_back(ParseBlock(block));
  if (keys.empty()) return Invalid("no PEM block");
  return keys;
}

}  // namespace assay::crypto
