#include "service/quickstart/encryption_case.h"

#include "absl/strings/str_cat.h"

namespace assay::quickstart {
namespace {

using jose::ContentAlgorithm;
using jose::KeyManagement;

constexpr EncryptionCase kCases[] = {
    {KeyManagement::kDir, ContentAlgorithm::kA256Gcm, ""},
    {KeyManagement::kA128Kw, ContentAlgorithm::kA128CbcHs256, ""},
    {KeyManagement::kA256GcmKw, ContentAlgorithm::kA192Gcm, ""},
    {KeyManagement::kRsaOaep256, ContentAlgorithm::kA256Gcm, ""},
    {KeyManagement::kEcdhEs, ContentAlgorithm::kA256Gcm, "P-256"},
    {KeyManagement::kEcdhEsA128Kw, ContentAlgorithm::kA128Gcm, "X25519"},
    {KeyManagement::kPbes2Hs512A256Kw, ContentAlgorithm::kA256CbcHs512, ""},
};

}  // namespace

absl::Span<const EncryptionCase> AllEncryptionCases() { return kCases; }

std::string NameOf(const EncryptionCase& encryption) {
  return absl::StrCat(jose::AlgorithmName(encryption.alg),
                      encryption.crv.empty() ? "" : " ", encryption.crv, " ",
                      jose::AlgorithmName(encryption.enc));
}

}  // namespace assay::quickstart
