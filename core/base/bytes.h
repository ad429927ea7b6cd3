// The same bytes as char, which strings hold, and as uint8_t, which
// cryptography and kernels take.
//
// Nothing is copied: what is returned lives as long as what it views.
#ifndef ASSAY_CORE_BASE_BYTES_H_
#define ASSAY_CORE_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace assay {

// Where as many bytes as `*bytes` has may be written.
inline uint8_t* Data(std::string* bytes) {
  return reinterpret_cast<uint8_t*>(&(*bytes)[0]);
}

inline const uint8_t* AsBytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

inline absl::string_view AsText(const uint8_t* bytes, size_t len) {
  return absl::string_view(reinterpret_cast<const char*>(bytes), len);
}

}  // namespace assay

#endif  // ASSAY_CORE_BASE_BYTES_H_
