// Writes compact JSON (no white space) into a string that the caller owns.
//
// The caller nests Begin and End correctly; strings are escaped, and bytes
// that are not UTF-8 become U+FFFD, so that the output is always valid JSON.
// Thread safety: none.
#ifndef ASSAY_CORE_JSON_WRITER_H_
#define ASSAY_CORE_JSON_WRITER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace assay::json {

// Appends `text` to `*out` as a JSON string with its quotes.
void AppendQuoted(absl::string_view text, std::string* out);

class Writer {
 public:
  // Appends to `*out`, which outlives the writer.
  explicit Writer(std::string* out) : out_(*out) {}

  void BeginObject();
  void EndObject();
  void BeginArray();
  void EndArray();
  // The name of the next value; inside objects only.
  void Key(absl::string_view name);
  void String(absl::string_view value);
  void Int(int64_t value);
  void Uint(uint64_t value);
  // Six significant digits; not finite becomes null.
  void Double(double value);
  void Bool(bool value);
  void Null();
  // `json` is already JSON and is copied as it is.
  void Raw(absl::string_view json);

  // Key and value in one.
  void Member(absl::string_view name, absl::string_view value) {
    Key(name);
    String(value);
  }

 private:
  void Separate();

  std::string& out_;
  bool need_comma_ = false;
};

}  // namespace assay::json

#endif  // ASSAY_CORE_JSON_WRITER_H_
