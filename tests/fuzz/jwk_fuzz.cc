// JWKs and JWK Sets: what parses must survive being written and parsed again
// as the same key.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/limits.h"
#include "core/jose/jwk.h"
#include "core/jose/thumbprint.h"

namespace {

// Consistency checks of large RSA keys would take the fuzzer's time.
assay::Limits SmallKeys() {
  assay::Limits limits;
  limits.max_rsa_modulus_bits = 2048;
  return limits;
}

void CheckRoundTrip(const assay::jose::Jwk& key, const assay::Limits& limits) {
  const auto again =
      assay::jose::ParseJwk(assay::jose::WritePrivateJwk(key), limits);
  if (!again.ok() || again->EffectiveKid() != key.EffectiveKid() ||
      assay::jose::Thumbprint(again->material) !=
          assay::jose::Thumbprint(key.material)) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const assay::Limits limits = SmallKeys();
  const absl::string_view json(reinterpret_cast<const char*>(data), size);
  const auto key = assay::jose::ParseJwk(json, limits);
  if (key.ok()) CheckRoundTrip(*key, limits);
  const auto set = assay::jose::ParseJwkSet(json, limits);
  if (set.ok()) {
    for (const assay::jose::Jwk& one : set->keys) CheckRoundTrip(one, limits);
  }
  return 0;
}
