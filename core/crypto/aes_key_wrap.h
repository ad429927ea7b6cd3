// AES Key Wrap with the default initial value (RFC 3394 2.2.3.1; RFC 7518 4.4):
// a content encryption key under a key encryption key.
//
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_AES_KEY_WRAP_H_
#define ASSAY_CORE_CRYPTO_AES_KEY_WRAP_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/boringssl.h"

namespace assay::crypto {

class AesKeyWrap {
 public:
  // INVALID_ARGUMENT unless `kek` has 16, 24 or 32 bytes. It is not kept; the
  // key schedules are wiped with the object.
  static absl::StatusOr<std::unique_ptr<const AesKeyWrap>> Create(
      absl::string_view kek);
  ~AesKeyWrap();
  AesKeyWrap(const AesKeyWrap&) = delete;
  AesKeyWrap& operator=(const AesKeyWrap&) = delete;

  static constexpr size_t WrappedLen(size_t cek_len) { return cek_len + 8; }

  // Writes WrappedLen(cek.size()) bytes, which do not overlap `cek`. False if
  // `cek` has fewer than 16 bytes or no multiple of 8.
  bool Wrap(absl::string_view cek, uint8_t* wrapped) const;

  // False if `wrapped` has no possible length, or was not made under this key;
  // `*cek` is left alone then. Takes 12 AES blocks for 8 bytes: the caller, who
  // knows how long the key should be, looks at the length first.
  bool Unwrap(absl::string_view wrapped, SecretBytes* cek) const;

 private:
  AesKeyWrap() = default;

  AES_KEY wrap_, unwrap_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_AES_KEY_WRAP_H_
