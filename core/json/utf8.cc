#include "core/json/utf8.h"

#include <simdjson.h>

namespace assay::json {

bool IsUtf8(absl::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace assay::json
