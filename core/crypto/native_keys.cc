#include "core/crypto/native_keys.h"

namespace assay::crypto {
namespace {

// BN_free wipes, so secrets may pass through.
bssl::UniquePtr<BIGNUM> NewBignum(absl::string_view bytes) {
  return bssl::UniquePtr<BIGNUM>(
      BN_bin2bn(Bytes(bytes), bytes.size(), nullptr));
}

bool SetPublic(RSA* rsa, const RsaNumbers& numbers) {
  auto n = NewBignum(numbers.n), e = NewBignum(numbers.e);
  if (!n || !e || !RSA_set0_key(rsa, n.get(), e.get(), nullptr)) return false;
  n.release();
  e.release();
  return true;
}

bool SetPrivate(RSA* rsa, const RsaNumbers& numbers) {
  auto d = NewBignum(numbers.d), p = NewBignum(numbers.p),
       q = NewBignum(numbers.q), dp = NewBignum(numbers.dp),
       dq = NewBignum(numbers.dq), qi = NewBignum(numbers.qi);
  if (!d || !p || !q || !dp || !dq || !qi) return false;
  // The set0 functions fail only for null pointers.
  return RSA_set0_key(rsa, nullptr, nullptr, d.release()) &&
         RSA_set0_factors(rsa, p.release(), q.release()) &&
         RSA_set0_crt_params(rsa, dp.release(), dq.release(), qi.release());
}

}  // namespace

bssl::UniquePtr<RSA> NewRsa(const RsaNumbers& numbers) {
  bssl::UniquePtr<RSA> rsa(RSA_new());
  const bool ok = rsa != nullptr && SetPublic(rsa.get(), numbers) &&
                  (numbers.d.empty() || SetPrivate(rsa.get(), numbers));
  return ClearErrorsUnless(ok) ? std::move(rsa) : nullptr;
}

bssl::UniquePtr<EC_KEY> NewEcKey(Curve curve, absl::string_view x,
                                 absl::string_view y, absl::string_view d) {
  bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(CurveNid(curve)));
  auto x_number = NewBignum(x), y_number = NewBignum(y);
  bool ok = key && x_number && y_number &&
            EC_KEY_set_public_key_affine_coordinates(key.get(), x_number.get(),
                                                     y_number.get());
  if (ok && !d.empty()) {
    auto d_number = NewBignum(d);
    ok = d_number && EC_KEY_set_private_key(key.get(), d_number.get());
  }
  return ClearErrorsUnless(ok) ? std::move(key) : nullptr;
}

int CurveNid(Curve curve) {
  switch (curve) {
    case Curve::kP256:
      return NID_X9_62_prime256v1;
    case Curve::kP384:
      return NID_secp384r1;
    case Curve::kP521:
      return NID_secp521r1;
  }
  return NID_undef;
}

}  // namespace assay::crypto
