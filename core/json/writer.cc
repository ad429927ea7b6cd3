#include "core/json/writer.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace assay::json {
namespace {

// U+FFFD, for bytes that are no character.
constexpr absl::string_view kReplacement = "\xef\xbf\xbd";

bool IsContinuation(unsigned char c) { return (c & 0xc0) == 0x80; }

// The length of the UTF-8 character that `text` starts with, or 0 if it starts
// with none (RFC 3629 4: no overlong forms, no surrogates, none above 10FFFF).
size_t Utf8CharLen(absl::string_view text) {
  const auto at = [text](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const unsigned char lead = at(0), second = at(1);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4 || !IsContinuation(second)) return 0;
  if (lead < 0xe0) return 2;
  if (!IsContinuation(at(2))) return 0;
  if (lead == 0xe0 && second < 0xa0) return 0;
  if (lead == 0xed && second > 0x9f) return 0;
  if (lead < 0xf0) return 3;
  if (!IsContinuation(at(3))) return 0;
  if (lead == 0xf0 && second < 0x90) return 0;
  if (lead == 0xf4 && second > 0x8f) return 0;
  return 4;
}

bool IsPlain(unsigned char c) {
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

void AppendEscapedAscii(unsigned char c, std::string* out) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      return absl::StrAppend(out, "\\\"");
    case '\\':
      return absl::StrAppend(out, "\\\\");
    case '\b':
      return absl::StrAppend(out, "\\b");
    case '\f':
      return absl::StrAppend(out, "\\f");
    case '\n':
      return absl::StrAppend(out, "\\n");
    case '\r':
      return absl::StrAppend(out, "\\r");
    case '\t':
      return absl::StrAppend(out, "\\t");
    default:
      absl::StrAppend(out, "\\u00");
      out->push_back(kHex[c >> 4]);
      out->push_back(kHex[c & 15]);
  }
}

// Appends the first character of `*text` and removes it.
void AppendSpecial(absl::string_view* text, std::string* out) {
  const auto c = static_cast<unsigned char>(text->front());
  const size_t len = Utf8CharLen(*text);
  if (c < 0x80) {
    AppendEscapedAscii(c, out);
  } else if (len == 0) {
    absl::StrAppend(out, kReplacement);
  } else {
    absl::StrAppend(out, text->substr(0, len));
  }
  text->remove_prefix(len == 0 ? 1 : len);
}

}  // namespace

void AppendQuoted(absl::string_view text, std::string* out) {
  out->push_back('"');
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) ++plain;
    absl::StrAppend(out, text.substr(0, plain));
    text.remove_prefix(plain);
    if (!text.empty()) AppendSpecial(&text, out);
  }
  out->push_back('"');
}

void Writer::Separate() {
  if (need_comma_) out_.push_back(',');
  need_comma_ = true;
}

void Writer::BeginObject() {
  Separate();
  out_.push_back('{');
  need_comma_ = false;
}

void Writer::EndObject() {
  out_.push_back('}');
  need_comma_ = true;
}

void Writer::BeginArray() {
  Separate();
  out_.push_back('[');
  need_comma_ = false;
}

void Writer::EndArray() {
  out_.push_back(']');
  need_comma_ = true;
}

void Writer::Key(absl::string_view name) {
  Separate();
  AppendQuoted(name, &out_);
  out_.push_back(':');
  need_comma_ = false;
}

void Writer::String(absl::string_view value) {
  Separate();
  AppendQuoted(value, &out_);
}

void Writer::Int(int64_t value) {
  Separate();
  absl::StrAppend(&out_, value);
}

void Writer::Uint(uint64_t value) {
  Separate();
  absl::StrAppend(&out_, value);
}

void Writer::Double(double value) {
  if (!std::isfinite(value)) return Null();
  Separate();
  absl::StrAppend(&out_, value);
}

void Writer::Bool(bool value) {
  Separate();
  absl::StrAppend(&out_, value ? "true" : "false");
}

void Writer::Null() {
  Separate();
  absl::StrAppend(&out_, "null");
}

void Writer::Raw(absl::string_view json) {
  Separate();
  absl::StrAppend(&out_, json);
}

}  // namespace assay::json
