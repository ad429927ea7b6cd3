// A member's value as JSON again.
#ifndef ASSAY_CORE_JSON_MINIFIED_H_
#define ASSAY_CORE_JSON_MINIFIED_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/json/reader.h"

namespace assay::json {

// The value of the member `name` without white space, and with its strings
// escaped in one way; nothing if `object` has no such member.
absl::optional<std::string> Minified(const Object& object,
                                     absl::string_view name);

}  // namespace assay::json

#endif  // ASSAY_CORE_JSON_MINIFIED_H_
