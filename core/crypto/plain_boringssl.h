// BoringSSL's own operations, one at a time, as a careful program without Assay
// would call them: keys parsed once, contexts reused. The floor that benchmarks
// compare with; nothing of the product uses it.
//
// Thread safety: none; use one per thread.
#ifndef ASSAY_CORE_CRYPTO_PLAIN_BORINGSSL_H_
#define ASSAY_CORE_CRYPTO_PLAIN_BORINGSSL_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "core/crypto/key_material.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

class PlainBoringSsl {
 public:
  // `key` is valid, private or symmetric, and fits `scheme`.
  PlainBoringSsl(const KeyMaterial& key, SignatureScheme scheme);
  ~PlainBoringSsl();
  PlainBoringSsl(const PlainBoringSsl&) = delete;
  PlainBoringSsl& operator=(const PlainBoringSsl&) = delete;

  // Signatures are as in JOSE (ECDSA: R||S); hashing is included.
  bool Verify(absl::string_view message, absl::string_view signature);
  bool Sign(absl::string_view message, std::string* signature);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_PLAIN_BORINGSSL_H_
