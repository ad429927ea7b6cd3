// Reads plain objects quickly. Plain is a subset of JSON that most claims are
// written in: printable ASCII, no escapes, no white space but spaces, integers
// of at most 18 digits as the only numbers, little nesting. There a quotation
// mark always begins or ends a string, so one pass over the text finds all of
// them (core/simd/plain_text), and a second one hops from string to string.
//
// It is a guest in the house of simdjson: it may accept what simdjson would
// accept, with the same values, or decline; it never refuses. What it declines,
// broken or not plain, is for json::Reader's way by simdjson to judge.
//
// Thread safety: none; use one reader per thread.
#ifndef ASSAY_CORE_JSON_PLAIN_READER_H_
#define ASSAY_CORE_JSON_PLAIN_READER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/json/members.h"
#include "core/json/object_names.h"

namespace assay::json {

class PlainReader {
 public:
  // The outermost object is depth 1, as for json::Reader.
  explicit PlainReader(size_t max_depth);

  // True: `text` is one plain object and nothing else, not deeper than
  // `max_depth`, no object in it has a name twice, and `*members`, which views
  // `text`, is what it says. False: nothing is known, and `*members` is
  // unspecified.
  bool Read(absl::string_view text, Members* members);

 private:
  const size_t max_depth_;
  std::vector<uint64_t> quotes_;  // A bit for each byte of the text.
  NameStack names_;
};

}  // namespace assay::json

#endif  // ASSAY_CORE_JSON_PLAIN_READER_H_
