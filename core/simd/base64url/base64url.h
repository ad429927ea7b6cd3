// Strict base64url without padding (RFC 4648 5, RFC 7515 2).
//
// Exactly one text decodes to given bytes: only the 64 characters, no '=', no
// white space, no length of 1 mod 4, and the unused bits of the last character
// zero. Accepting more would let many strings stand for one token.
//
// The work is done by the quickest kernel that the processor has the
// instructions for (base64url_kernel.h); all give the same results. This is the
// one part of core/simd that everything above core/base may use.
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_SIMD_BASE64URL_BASE64URL_H_
#define ASSAY_CORE_SIMD_BASE64URL_BASE64URL_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace assay {

// The bytes that `encoded_len` characters decode to, if they decode at all.
constexpr size_t Base64UrlDecodedSize(size_t encoded_len) {
  return encoded_len / 4 * 3 + (encoded_len % 4) * 3 / 4;
}
// The characters that `len` bytes encode to.
constexpr size_t Base64UrlEncodedSize(size_t len) {
  return len / 3 * 4 + (len % 3 * 4 + 2) / 3;
}

// Decodes into `out`, which has room for Base64UrlDecodedSize(text.size())
// bytes. Returns false, with `out` unspecified, if `text` is not strict.
bool Base64UrlDecode(absl::string_view text, uint8_t* out);
// The same into a string; for code off the hot path.
bool Base64UrlDecode(absl::string_view text, std::string* out);

// Encodes into `out`, which has room for Base64UrlEncodedSize(bytes.size()).
void Base64UrlEncode(absl::string_view bytes, char* out);
std::string Base64UrlEncode(absl::string_view bytes);
// Appends the encoding to `*out`.
void Base64UrlAppend(absl::string_view bytes, std::string* out);

}  // namespace assay

#endif  // ASSAY_CORE_SIMD_BASE64URL_BASE64URL_H_
