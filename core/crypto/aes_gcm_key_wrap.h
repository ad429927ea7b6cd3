// Key encryption with AES-GCM (RFC 7518 4.7): a content encryption key under a
// key encryption key, with an IV and a tag that travel in the header, and no
// additional data.
//
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_AES_GCM_KEY_WRAP_H_
#define ASSAY_CORE_CRYPTO_AES_GCM_KEY_WRAP_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/aes_gcm.h"

namespace assay::crypto {

class AesGcmKeyWrap {
 public:
  // INVALID_ARGUMENT unless `kek` has 16, 24 or 32 bytes. It is not kept.
  static absl::StatusOr<std::unique_ptr<const AesGcmKeyWrap>> Create(
      absl::string_view kek);

  // Writes cek.size() bytes to `wrapped` and kGcmTagLen to `tag`. False if `iv`
  // has not kGcmIvLen bytes. The caller takes a fresh IV for every key.
  bool Wrap(absl::string_view iv, absl::string_view cek, uint8_t* wrapped,
            uint8_t* tag) const;

  // False for every failure alike: a wrong length of IV or tag, or a tag that
  // does not fit; `*cek` is left alone then.
  bool Unwrap(absl::string_view iv, absl::string_view wrapped,
              absl::string_view tag, SecretBytes* cek) const;

 private:
  explicit AesGcmKeyWrap(absl::string_view kek) : gcm_(kek) {}

  const AesGcm gcm_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_AES_GCM_KEY_WRAP_H_
