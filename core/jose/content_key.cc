#include "core/jose/content_key.h"

#include <utility>

namespace assay::jose {

ContentKey ContentKey::Own(ContentAlgorithm enc, absl::string_view cek) {
  ContentKey key;
  // Fails for a wrong length alone, which the contract excludes.
  auto cipher = crypto::ContentCipher::Create(InfoOf(enc).encryption, cek);
  key.owned_ = *std::move(cipher);
  key.cipher_ = key.owned_.get();
  return key;
}

ContentKey ContentKey::Shared(const crypto::ContentCipher* cipher) {
  ContentKey key;
  key.cipher_ = cipher;
  return key;
}

DirectKey::DirectKey(absl::string_view secret) {
  for (const ContentAlgorithmInfo& info : AllContentAlgorithms()) {
    auto cipher = crypto::ContentCipher::Create(info.encryption, secret);
    if (!cipher.ok()) continue;
    ciphers_[static_cast<size_t>(info.enc)] = *std::move(cipher);
  }
}

}  // namespace assay::jose
