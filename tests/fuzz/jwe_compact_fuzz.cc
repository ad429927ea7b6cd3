// Whole compact JWEs, from the splitter to the plaintext, under a key of every
// kind. The fuzzer knows no key, so any "valid" would be a forgery; and the
// header's parser, which is reused, must not remember the token before.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/key_material.h"
#include "core/crypto/signature_scheme.h"
#include "core/jose/decryption_key.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"

namespace {

using assay::DecryptReason;
using assay::crypto::KeyMaterial;
using assay::jose::KeyManagement;
using assay::jose::KeyManagementFamily;

// Iterations would take the fuzzer's time.
assay::Limits FewIterations() {
  assay::Limits limits;
  limits.max_pbes2_iterations = 10;
  return limits;
}

class Decrypter {
 public:
  Decrypter() : limits_(FewIterations()), parser_(limits_) {
    const KeyMaterial rsa = *assay::crypto::GenerateRsaKey(2048);
    const KeyMaterial ec =
        *assay::crypto::GenerateEcKey(assay::crypto::Curve::kP256);
    for (const auto& info : assay::jose::AllKeyManagements()) {
      switch (info.family) {
        case KeyManagementFamily::kRsaOaep:
          Add(info.alg, rsa);
          break;
        case KeyManagementFamily::kEcdhEs:
        case KeyManagementFamily::kEcdhEsKeyWrap:
          Add(info.alg, ec);
          break;
        default:
          Add(info.alg, *assay::crypto::GenerateSymmetricKey(
                            info.kek_len == 0 ? 32 : info.kek_len));
      }
    }
  }

  DecryptReason Decrypt(absl::string_view token) {
    assay::jose::UnverifiedJwe jwe;
    assay::jose::JweHeader header;
    DecryptReason reason = assay::jose::SplitJwe(token, limits_, &jwe);
    if (reason == DecryptReason::kValid) {
      reason = parser_.Parse(jwe.header, &header);
    }
    if (reason != DecryptReason::kValid) return reason;
    const auto& key = *keys_[static_cast<size_t>(header.alg)];
    assay::jose::IterationBudget budget(assay::kMinPbes2Iterations);
    std::string plaintext;
    reason = assay::jose::DecryptCompact(jwe, header, key, &budget, &plaintext);
    if (!plaintext.empty()) std::abort();
    return reason;
  }

 private:
  void Add(KeyManagement alg, const KeyMaterial& key) {
    keys_[static_cast<size_t>(alg)] = *assay::jose::DecryptionKey::Create(
        alg, key, /*max_rsa_modulus_bits=*/2048);
  }

  const assay::Limits limits_;
  assay::jose::JweHeaderParser parser_;
  std::unique_ptr<const assay::jose::DecryptionKey>
      keys_[assay::jose::kNumKeyManagements];
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const decrypter = new Decrypter;
  const absl::string_view token(reinterpret_cast<const char*>(data), size);
  const DecryptReason alone = decrypter->Decrypt(token);
  if (alone == DecryptReason::kValid || alone == DecryptReason::kUnspecified) {
    std::abort();
  }
  decrypter->Decrypt("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA");
  if (decrypter->Decrypt(token) != alone) std::abort();
  return 0;
}
