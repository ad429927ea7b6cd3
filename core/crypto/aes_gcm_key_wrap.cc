#include "core/crypto/aes_gcm_key_wrap.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/crypto/boringssl.h"

namespace assay::crypto {

absl::StatusOr<std::unique_ptr<const AesGcmKeyWrap>> AesGcmKeyWrap::Create(
    absl::string_view kek) {
  if (kek.size() != 16 && kek.size() != 24 && kek.size() != 32) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a key that wraps others has 16, 24 or 32 bytes, not ", kek.size()));
  }
  return std::unique_ptr<const AesGcmKeyWrap>(new AesGcmKeyWrap(kek));
}

bool AesGcmKeyWrap::Wrap(absl::string_view iv, absl::string_view cek,
                         uint8_t* wrapped, uint8_t* tag) const {
  return gcm_.Seal(iv, /*aad=*/"", cek, wrapped, tag);
}

bool AesGcmKeyWrap::Unwrap(absl::string_view iv, absl::string_view wrapped,
                           absl::string_view tag, SecretBytes* cek) const {
  SecretBytes unwrapped(wrapped.size());
  if (!gcm_.Open(iv, /*aad=*/"", wrapped, tag, unwrapped.data())) return false;
  // As a failure does, which is not to take longer (RFC 7516 11.5): see
  // //bench:jwe_failures.
  ERR_clear_error();
  *cek = std::move(unwrapped);
  return true;
}

}  // namespace assay::crypto
