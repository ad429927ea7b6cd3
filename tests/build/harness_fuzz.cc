// Proves that cc_fuzz_test builds, replays its corpus and can fuzz.
#include <cstddef>
#include <cstdint>

#include "simdjson.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  simdjson::dom::parser parser;
  // Whether it parses is of no interest; that it returns is.
  const bool parsed = parser.parse(data, size).error() == simdjson::SUCCESS;
  static_cast<void>(parsed);
  return 0;
}
