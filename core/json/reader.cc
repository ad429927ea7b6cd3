#include "core/json/reader.h"

#include <string.h>

#include <algorithm>

namespace assay::json {
namespace {

// Below this, comparing every pair is faster than sorting.
constexpr size_t kPairwiseLimit = 16;
// Buffers start here, so that ordinary headers and payloads never grow them.
constexpr size_t kMinCapacity = 4096;

bool HasDuplicate(absl::string_view* begin, absl::string_view* end) {
  if (static_cast<size_t>(end - begin) > kPairwiseLimit) {
    std::sort(begin, end);
    return std::adjacent_find(begin, end) != end;
  }
  for (absl::string_view* a = begin; a != end; ++a) {
    if (std::find(begin, a, *a) != a) return true;
  }
  return false;
}

size_t RoundedCapacity(size_t len) {
  size_t capacity = kMinCapacity;
  while (capacity < len) capacity *= 2;
  return capacity;
}

// Whether `text` can be an object. Asked first, because a byte order mark,
// which RFC 8259 8.1 lets a parser ignore, would give a token a second text.
bool StartsAsObject(absl::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r\n");
  return start != absl::string_view::npos && text[start] == '{';
}

}  // namespace

absl::string_view ErrorText(Error error) {
  switch (error) {
    case Error::kNone:
      return "no error";
    case Error::kSyntax:
      return "not a JSON object in UTF-8";
    case Error::kTooDeep:
      return "nested too deeply";
    case Error::kDuplicateMember:
      return "a name appears twice in a JSON object";
  }
  return "unknown error";
}

Reader::Reader(size_t max_depth)
    : max_depth_(std::min(std::max<size_t>(max_depth, 1), kMaxDepth)) {}

// Makes room in powers of two: simdjson itself would allocate again for every
// document that is a byte longer than any before it.
bool Reader::Reserve(size_t len) {
  if (len <= parser_.capacity() && len <= parser_.doc.capacity()) return true;
  const size_t capacity = RoundedCapacity(len);
  // simdjson's depth counts one more than ours.
  return parser_.allocate(capacity, max_depth_ + 1) == simdjson::SUCCESS &&
         parser_.doc.allocate(capacity) == simdjson::SUCCESS;
}

Error Reader::ParseObject(absl::string_view text, Object* object) {
  if (!StartsAsObject(text)) return Error::kSyntax;
  return ParseObjectPadded(CopyWithPadding(text), object);
}

Error Reader::ParseObjectPadded(absl::string_view text, Object* object) {
  const Error error = ParseSyntax(text, object);
  return error == Error::kNone ? CheckObject(*object, 1) : error;
}

Error Reader::ParseOutermost(absl::string_view text, Object* object) {
  if (!StartsAsObject(text)) return Error::kSyntax;
  const Error error = ParseSyntax(CopyWithPadding(text), object);
  if (error != Error::kNone) return error;
  for (auto member : *object) {
    names_.emplace_back(member.key.data(), member.key.size());
  }
  return HasDuplicate(names_.data(), names_.data() + names_.size())
             ? Error::kDuplicateMember
             : Error::kNone;
}

Error Reader::CheckValue(Element value, size_t depth) {
  switch (value.type()) {
    case simdjson::dom::element_type::OBJECT:
      return CheckObject(value.get_object().value_unsafe(), depth);
    case simdjson::dom::element_type::ARRAY:
      return CheckArray(value.get_array().value_unsafe(), depth);
    default:
      return Error::kNone;
  }
}

absl::string_view Reader::CopyWithPadding(absl::string_view text) {
  if (buffer_.size() < text.size() + kPadding) {
    buffer_.resize(RoundedCapacity(text.size()) + kPadding);
  }
  text.copy(&buffer_[0], text.size());
  return absl::string_view(buffer_.data(), text.size());
}

Error Reader::ParseSyntax(absl::string_view text, Object* object) {
  if (!StartsAsObject(text) || !Reserve(text.size())) return Error::kSyntax;
  Element root;
  const simdjson::error_code error =
      parser_.parse(text.data(), text.size(), /*realloc_if_needed=*/false)
          .get(root);
  if (error == simdjson::DEPTH_ERROR) return Error::kTooDeep;
  if (error != simdjson::SUCCESS) return Error::kSyntax;
  if (root.get(*object) != simdjson::SUCCESS) return Error::kSyntax;
  names_.clear();
  return Error::kNone;
}

void Reader::Wipe() {
  explicit_bzero(&buffer_[0], buffer_.size());
  // simdjson unescapes strings into an array of at least this size.
  const size_t strings_len = 5 * parser_.doc.capacity() / 3;
  if (strings_len > 0)
    explicit_bzero(parser_.doc.string_buf.get(), strings_len);
}

Error Reader::CheckArray(Array array, size_t depth) {
  // simdjson does not count an empty array or object.
  if (depth > max_depth_) return Error::kTooDeep;
  for (Element value : array) {
    const Error error = CheckValue(value, depth + 1);
    if (error != Error::kNone) return error;
  }
  return Error::kNone;
}

Error Reader::CheckObject(Object object, size_t depth) {
  if (depth > max_depth_) return Error::kTooDeep;
  const size_t first = names_.size();
  for (auto member : object) {
    names_.emplace_back(member.key.data(), member.key.size());
    const Error error = CheckValue(member.value, depth + 1);
    if (error != Error::kNone) return error;
  }
  const bool duplicate =
      HasDuplicate(names_.data() + first, names_.data() + names_.size());
  names_.resize(first);
  return duplicate ? Error::kDuplicateMember : Error::kNone;
}

}  // namespace assay::json
