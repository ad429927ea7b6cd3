#include "core/jose/algorithm.h"

namespace assay::jose {
namespace {

using crypto::Curve;
using crypto::Hash;
using crypto::SignatureFamily;

constexpr Curve kNoCurve = Curve::kP256;  // Where the curve says nothing.

// In the order of the enum: row i describes algorithm i + 1.
constexpr AlgorithmInfo kTable[] = {
    {Algorithm::kHs256,
     "HS256",
     KeyType::kOct,
     {SignatureFamily::kHmac, Hash::kSha256},
     kNoCurve},
    {Algorithm::kHs384,
     "HS384",
     KeyType::kOct,
     {SignatureFamily::kHmac, Hash::kSha384},
     kNoCurve},
    {Algorithm::kHs512,
     "HS512",
     KeyType::kOct,
     {SignatureFamily::kHmac, Hash::kSha512},
     kNoCurve},
    {Algorithm::kRs256,
     "RS256",
     KeyType::kRsa,
     {SignatureFamily::kRsaPkcs1, Hash::kSha256},
     kNoCurve},
    {Algorithm::kRs384,
     "RS384",
     KeyType::kRsa,
     {SignatureFamily::kRsaPkcs1, Hash::kSha384},
     kNoCurve},
    {Algorithm::kRs512,
     "RS512",
     KeyType::kRsa,
     {SignatureFamily::kRsaPkcs1, Hash::kSha512},
     kNoCurve},
    {Algorithm::kPs256,
     "PS256",
     KeyType::kRsa,
     {SignatureFamily::kRsaPss, Hash::kSha256},
     kNoCurve},
    {Algorithm::kPs384,
     "PS384",
     KeyType::kRsa,
     {SignatureFamily::kRsaPss, Hash::kSha384},
     kNoCurve},
    {Algorithm::kPs512,
     "PS512",
     KeyType::kRsa,
     {SignatureFamily::kRsaPss, Hash::kSha512},
     kNoCurve},
    {Algorithm::kEs256,
     "ES256",
     KeyType::kEc,
     {SignatureFamily::kEcdsa, Hash::kSha256},
     Curve::kP256},
    {Algorithm::kEs384,
     "ES384",
     KeyType::kEc,
     {SignatureFamily::kEcdsa, Hash::kSha384},
     Curve::kP384},
    {Algorithm::kEs512,
     "ES512",
     KeyType::kEc,
     {SignatureFamily::kEcdsa, Hash::kSha512},
     Curve::kP521},
    {Algorithm::kEdDsa,
     "EdDSA",
     KeyType::kOkp,
     {SignatureFamily::kEd25519, Hash::kSha512},
     kNoCurve},
    {Algorithm::kEd25519,
     "Ed25519",
     KeyType::kOkp,
     {SignatureFamily::kEd25519, Hash::kSha512},
     kNoCurve},
};
static_assert(sizeof(kTable) / sizeof(kTable[0]) == kNumAlgorithms - 1,
              "one row for every algorithm");

}  // namespace

absl::Span<const AlgorithmInfo> AllAlgorithms() { return kTable; }

const AlgorithmInfo& InfoOf(Algorithm algorithm) {
  return kTable[static_cast<size_t>(algorithm) - 1];
}

absl::string_view AlgorithmName(Algorithm algorithm) {
  return algorithm == Algorithm::kUnspecified ? "" : InfoOf(algorithm).name;
}

Algorithm AlgorithmFromName(absl::string_view name) {
  for (const AlgorithmInfo& info : kTable) {
    if (info.name == name) return info.algorithm;
  }
  return Algorithm::kUnspecified;
}

KeyType KeyTypeOf(const crypto::KeyMaterial& key) {
  if (absl::holds_alternative<crypto::SymmetricKey>(key)) return KeyType::kOct;
  if (absl::holds_alternative<crypto::RsaKey>(key)) return KeyType::kRsa;
  if (absl::holds_alternative<crypto::EcKey>(key)) return KeyType::kEc;
  return KeyType::kOkp;
}

bool IsCompatible(Algorithm algorithm, const crypto::KeyMaterial& key) {
  if (algorithm == Algorithm::kUnspecified) return false;
  // Of the same key type as Ed25519, and no use for signatures.
  if (absl::holds_alternative<crypto::X25519Key>(key)) return false;
  const AlgorithmInfo& info = InfoOf(algorithm);
  if (info.key_type != KeyTypeOf(key)) return false;
  if (const auto* ec = absl::get_if<crypto::EcKey>(&key)) {
    return ec->curve == info.curve;
  }
  if (const auto* symmetric = absl::get_if<crypto::SymmetricKey>(&key)) {
    return symmetric->secret.size() >= crypto::HashLen(info.scheme.hash);
  }
  return true;
}

}  // namespace assay::jose
