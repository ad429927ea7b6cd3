#include "core/crypto/aes_key_wrap.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace assay::crypto {
namespace {

constexpr size_t kMinWrappedLen = 24;  // RFC 3394 2: at least two blocks of 8.

}  // namespace

absl::StatusOr<std::unique_ptr<const AesKeyWrap>> AesKeyWrap::Create(
    absl::string_view kek) {
  const auto bits = static_cast<unsigned>(kek.size() * 8);
  std::unique_ptr<AesKeyWrap> made(new AesKeyWrap());
  // These refuse the lengths that AES does not have.
  if (kek.size() > 32 ||
      AES_set_encrypt_key(Bytes(kek), bits, &made->wrap_) != 0 ||
      AES_set_decrypt_key(Bytes(kek), bits, &made->unwrap_) != 0) {
    ERR_clear_error();
    return absl::InvalidArgumentError(absl::StrCat(
        "a key that wraps others has 16, 24 or 32 bytes, not ", kek.size()));
  }
  return std::unique_ptr<const AesKeyWrap>(std::move(made));
}

AesKeyWrap::~AesKeyWrap() {
  OPENSSL_cleanse(&wrap_, sizeof(wrap_));
  OPENSSL_cleanse(&unwrap_, sizeof(unwrap_));
}

bool AesKeyWrap::Wrap(absl::string_view cek, uint8_t* wrapped) const {
  return ClearErrorsUnless(
      AES_wrap_key(&wrap_, nullptr, wrapped, Bytes(cek), cek.size()) ==
      static_cast<int>(WrappedLen(cek.size())));
}

bool AesKeyWrap::Unwrap(absl::string_view wrapped, SecretBytes* cek) const {
  if (wrapped.size() < kMinWrappedLen || wrapped.size() % 8 != 0) return false;
  // Of its own: AES_unwrap_key writes before it knows.
  SecretBytes unwrapped(wrapped.size() - 8);
  // It queues no error, so there is none to clear: a failure takes as long as
  // success does (//bench:jwe_failures).
  if (AES_unwrap_key(&unwrap_, nullptr, unwrapped.data(), Bytes(wrapped),
                     wrapped.size()) != static_cast<int>(unwrapped.size())) {
    return false;
  }
  *cek = std::move(unwrapped);
  return true;
}

}  // namespace assay::crypto
