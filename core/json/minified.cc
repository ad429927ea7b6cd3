#include "core/json/minified.h"

#include <string_view>

namespace assay::json {

absl::optional<std::string> Minified(const Object& object,
                                     absl::string_view name) {
  Element value;
  if (object.at_key(std::string_view(name.data(), name.size())).get(value) !=
      simdjson::SUCCESS) {
    return absl::nullopt;
  }
  return simdjson::minify(value);
}

}  // namespace assay::json
