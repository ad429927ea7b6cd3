// Key files of unknown kind: PEM, DER, JWK, and JWK under a password. No input
// may crash, and what comes out as a key must be one that validates.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/limits.h"
#include "core/crypto/key_material.h"
#include "core/jose/key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view contents(reinterpret_cast<const char*>(data), size);
  assay::Limits limits;
  limits.max_rsa_modulus_bits = 2048;
  // Iterations would take the fuzzer's time.
  limits.max_pbes2_iterations = assay::kMinPbes2Iterations;
  // That of the corpus.
  const auto keys = assay::jose::ParseKeys(contents, "secret", limits);
  if (!keys.ok()) return 0;
  for (const assay::jose::Jwk& key : keys->keys) {
    if (!assay::crypto::ValidateKeyMaterial(key.material,
                                            limits.max_rsa_modulus_bits)
             .ok()) {
      std::abort();
    }
  }
  return 0;
}
