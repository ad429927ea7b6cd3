// From plain numbers to BoringSSL's key objects. Numbers are big-endian.
#ifndef ASSAY_CORE_CRYPTO_NATIVE_KEYS_H_
#define ASSAY_CORE_CRYPTO_NATIVE_KEYS_H_

#include "absl/strings/string_view.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

// A public key has only n and e; a private key has all.
struct RsaNumbers {
  absl::string_view n, e, d, p, q, dp, dq, qi;
};

// Null if memory is short. The numbers are not checked: see RSA_check_key.
// An RSA object may be shared by threads: BoringSSL locks its caches
// (Montgomery constants, blinding factors), although it takes the object as
// non-const.
bssl::UniquePtr<RSA> NewRsa(const RsaNumbers& numbers);

// Null if the point is not on the curve or d is not below the group's order.
// `d` is empty for a public key.
bssl::UniquePtr<EC_KEY> NewEcKey(Curve curve, absl::string_view x,
                                 absl::string_view y, absl::string_view d);

int CurveNid(Curve curve);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_NATIVE_KEYS_H_
