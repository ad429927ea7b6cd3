#include "core/base/secret_bytes.h"

#include <string.h>

#include <cstring>

namespace assay {

SecretBytes::SecretBytes(size_t len)
    : bytes_(len > 0 ? new uint8_t[len]() : nullptr), len_(len) {}

SecretBytes::SecretBytes(absl::string_view bytes) : SecretBytes(bytes.size()) {
  if (!bytes.empty()) std::memcpy(bytes_.get(), bytes.data(), bytes.size());
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = std::move(other.bytes_);
    len_ = std::exchange(other.len_, 0);
  }
  return *this;
}

void SecretBytes::Wipe() {
  if (bytes_ != nullptr) explicit_bzero(bytes_.get(), len_);
  bytes_.reset();
  len_ = 0;
}

void WipeString(std::string* text) {
  // The capacity beyond size() may hold earlier contents.
  text->resize(text->capacity());
  if (!text->empty()) explicit_bzero(&(*text)[0], text->size());
  text->clear();
}

}  // namespace assay
