// assayd's configuration file: no text may crash the parser, and an error
// always says something.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "service/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = assay::service::ParseConfig(text, "fuzz.textproto");
  if (!config.ok() && config.status().message().empty()) std::abort();
  return 0;
}
