// A strict JSON reader on simdjson's DOM: UTF-8 checked, nesting bounded, and
// no object anywhere with the same member name twice (names are compared after
// unescaping). RFC 8259, RFC 7493 2.3, RFC 7515 4, RFC 7519 4.
//
// Numbers: integers in [-2^63, 2^64) are exact; an integer beyond them, and a
// number that no double can hold, is a syntax error.
// Thread safety: none; use one reader per thread. A reader is reused for many
// documents and stops allocating once its buffers have grown.
#ifndef ASSAY_CORE_JSON_READER_H_
#define ASSAY_CORE_JSON_READER_H_

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "core/json/members.h"
#include "core/json/object_names.h"
#include "core/json/plain_reader.h"

namespace assay::json {

using Object = simdjson::dom::object;
using Array = simdjson::dom::array;
using Element = simdjson::dom::element;

// Bytes that must be readable (their value does not matter) behind a text that
// is parsed in place.
inline constexpr size_t kPadding = simdjson::SIMDJSON_PADDING;

enum class Error : uint8_t {
  kNone = 0,
  kSyntax,  // Not JSON, not UTF-8, or not of the type asked for.
  kTooDeep,
  kDuplicateMember,
};
// For people; static storage.
absl::string_view ErrorText(Error error);

// No reader goes deeper than this, whatever it is asked for: its walk recurses.
inline constexpr size_t kMaxDepth = 1024;

class Reader {
 public:
  // The outermost object is depth 1. `max_depth` is at least 1, and bounded by
  // kMaxDepth.
  explicit Reader(size_t max_depth);

  // Parses `text`, which must be one JSON object and nothing else but white
  // space. `*object` is valid until the next call on this reader.
  Error ParseObject(absl::string_view text, Object* object);
  // The same without a copy: kPadding bytes behind `text` are readable, and
  // `text` outlives the use of `*object`.
  Error ParseObjectPadded(absl::string_view text, Object* object);
  // As ParseObjectPadded, with the same answers, where only the outermost
  // members are wanted: several times quicker for a text that is plain (see
  // plain_reader.h).
  Error ParseMembersPadded(absl::string_view text, Members* members);
  // The outermost members of an object that ParseObjectPadded has given.
  static void CollectMembers(Object object, Members* members);

  // As ParseObject, but of what the members hold only the syntax is checked,
  // and a bound on its depth: each value is for CheckValue before it is looked
  // into. So that one bad entry of a list need not void the list.
  Error ParseOutermost(absl::string_view text, Object* object);
  // Checks nesting and names in `value`, which is part of the last object;
  // `depth` is its own: 2 for a member's value, 3 for an entry of such a list.
  Error CheckValue(Element value, size_t depth);

  // Overwrites what the reader keeps of the last text, whether or not it
  // parsed. For texts that hold secrets; ends the life of their objects.
  void Wipe();

 private:
  bool Reserve(size_t len);
  absl::string_view CopyWithPadding(absl::string_view text);
  Error ParseSyntax(absl::string_view padded_text, Object* object);
  Error CheckArray(Array array, size_t depth);
  Error CheckObject(Object object, size_t depth);

  const size_t max_depth_;
  PlainReader plain_reader_;
  simdjson::dom::parser parser_;
  std::string buffer_;
  NameStack names_;
};

}  // namespace assay::json

#endif  // ASSAY_CORE_JSON_READER_H_
