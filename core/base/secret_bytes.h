// Bytes that must not outlive their use: wiped when they are released.
//
// Unlike std::string there is no small-buffer copy left behind by a move, no
// implicit copy, and no stream operator that could print it.
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_BASE_SECRET_BYTES_H_
#define ASSAY_CORE_BASE_SECRET_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace assay {

class SecretBytes {
 public:
  SecretBytes() = default;
  // `len` zero bytes.
  explicit SecretBytes(size_t len);
  // Copies `bytes`; the caller wipes its own copy.
  explicit SecretBytes(absl::string_view bytes);
  SecretBytes(SecretBytes&& other) noexcept { *this = std::move(other); }
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  ~SecretBytes() { Wipe(); }

  // Copies are asked for by name.
  SecretBytes Clone() const { return SecretBytes(view()); }

  absl::string_view view() const {
    return absl::string_view(reinterpret_cast<const char*>(bytes_.get()), len_);
  }
  const uint8_t* data() const { return bytes_.get(); }
  uint8_t* data() { return bytes_.get(); }
  size_t size() const { return len_; }
  bool empty() const { return len_ == 0; }

 private:
  void Wipe();

  std::unique_ptr<uint8_t[]> bytes_;
  size_t len_ = 0;
};

// Overwrites `*text` in a way that the compiler keeps, then empties it. For
// strings that held a secret on its way in or out (file contents, base64url).
void WipeString(std::string* text);

}  // namespace assay

#endif  // ASSAY_CORE_BASE_SECRET_BYTES_H_
