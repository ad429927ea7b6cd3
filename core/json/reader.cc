#include "core/json/reader.h"

#include <string.h>

#include <algorithm>

namespace assay::json {
namespace {

// Buffers start here, so that ordinary headers and payloads never grow them.
constexpr size_t kMinCapacity = 4096;

size_t RoundedCapacity(size_t len) {
  size_t capacity = kMinCapacity;
  while (capacity < len) capacity *= 2;
  return capacity;
}

// Whether `text` can be an object. Asked first, because a byte order mark,
// which RFC 8259 8.1 lets a parser ignore, would give a token a second text.
bool StartsAsObject(absl::string_view text) {
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return c == '{';
  }
  return false;
}

absl::string_view Text(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

// Of an array, without its entries.
void FillIn(Element element, Value* value) {
  switch (element.type()) {
    case simdjson::dom::element_type::NULL_VALUE:
      break;
    case simdjson::dom::element_type::BOOL:
      value->kind = Kind::kBool;
      break;
    case simdjson::dom::element_type::INT64:
      value->kind = Kind::kInt64;
      value->integer = element.get_int64().value_unsafe();
      break;
    case simdjson::dom::element_type::UINT64:
      // simdjson: only what exceeds int64.
      value->kind = Kind::kUint64;
      break;
    case simdjson::dom::element_type::DOUBLE:
      value->kind = Kind::kDouble;
      value->number = element.get_double().value_unsafe();
      break;
    case simdjson::dom::element_type::STRING:
      value->kind = Kind::kString;
      value->text = Text(element.get_string().value_unsafe());
      break;
    case simdjson::dom::element_type::ARRAY:
      value->kind = Kind::kArray;
      break;
    case simdjson::dom::element_type::OBJECT:
      value->kind = Kind::kObject;
      break;
  }
}

void AddEntries(Array array, Members* members, Value* value) {
  value->first_entry = members->num_entries();
  for (const Element entry : array) {
    FillIn(entry, members->AddEntry());
    ++value->num_entries;
  }
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
    : max_depth_(std::min(std::max<size_t>(max_depth, 1), kMaxDepth)),
      plain_reader_(max_depth_) {}

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

Error Reader::ParseMembersPadded(absl::string_view text, Members* members) {
  if (plain_reader_.Read(text, members)) return Error::kNone;
  Object object;
  const Error error = ParseObjectPadded(text, &object);
  if (error == Error::kNone) CollectMembers(object, members);
  return error;
}

void Reader::CollectMembers(Object object, Members* members) {
  members->Clear();
  for (auto member : object) {
    Value* const value = members->Add(Text(member.key));
    FillIn(member.value, value);
    Array array;
    if (member.value.get(array) == simdjson::SUCCESS) {
      AddEntries(array, members, value);
    }
  }
}

Error Reader::ParseOutermost(absl::string_view text, Object* object) {
  if (!StartsAsObject(text)) return Error::kSyntax;
  const Error error = ParseSyntax(CopyWithPadding(text), object);
  if (error != Error::kNone) return error;
  ObjectNames names(&names_);
  for (auto member : *object) names.Add(Text(member.key));
  return names.HasDuplicate() ? Error::kDuplicateMember : Error::kNone;
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
  ObjectNames names(&names_);
  for (auto member : object) {
    names.Add(Text(member.key));
    const Error error = CheckValue(member.value, depth + 1);
    if (error != Error::kNone) return error;
  }
  return names.HasDuplicate() ? Error::kDuplicateMember : Error::kNone;
}

}  // namespace assay::json
