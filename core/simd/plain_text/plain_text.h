// Plain text: nothing but printable ASCII (and DEL, which JSON allows), and no
// backslash. In JSON that is plain a quotation mark always begins or ends a
// string, and a string needs neither unescaping nor a check of its UTF-8.
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_SIMD_PLAIN_TEXT_PLAIN_TEXT_H_
#define ASSAY_CORE_SIMD_PLAIN_TEXT_PLAIN_TEXT_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace assay {

// How many words MarkQuotes fills for so many bytes.
inline constexpr size_t NumQuoteWords(size_t len) { return (len + 63) / 64; }

// Whether `text` is plain. If so, bit i % 64 of quotes[i / 64] says whether
// byte i is a quotation mark, and the bits behind the last byte are zero; if
// not, `quotes` is unspecified.
bool MarkQuotes(absl::string_view text, uint64_t* quotes);

}  // namespace assay

#endif  // ASSAY_CORE_SIMD_PLAIN_TEXT_PLAIN_TEXT_H_
