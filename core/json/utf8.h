// Whether bytes may stand in JSON, which is UTF-8 (RFC 8259 8.1).
#ifndef ASSAY_CORE_JSON_UTF8_H_
#define ASSAY_CORE_JSON_UTF8_H_

#include "absl/strings/string_view.h"

namespace assay::json {

// RFC 3629: neither surrogates nor overlong forms.
bool IsUtf8(absl::string_view text);

}  // namespace assay::json

#endif  // ASSAY_CORE_JSON_UTF8_H_
