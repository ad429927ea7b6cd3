#include "core/json/plain_reader.h"

#include <algorithm>

#include "core/simd/plain_text/plain_text.h"

namespace assay::json {
namespace {

// Claims are seldom deeper, and the walk recurses.
constexpr size_t kMaxPlainDepth = 16;
// So many digits fit an int64_t, whatever they are.
constexpr ptrdiff_t kMaxDigits = 18;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The quotation marks of a text, one after the other.
class QuoteCursor {
 public:
  QuoteCursor(const char* text, const uint64_t* words, size_t num_words)
      : word_text_(text), word_(words), last_word_(words + num_words - 1) {
    left_ = *word_;
  }

  // Where the next one is; null behind the last one.
  const char* Take() {
    while (left_ == 0) {
      if (word_ == last_word_) return nullptr;
      left_ = *++word_;
      word_text_ += 64;
    }
    const char* const quote = word_text_ + __builtin_ctzll(left_);
    left_ &= left_ - 1;
    return quote;
  }

 private:
  const char* word_text_;  // What the current word's first bit is about.
  const uint64_t* word_;
  const uint64_t* const last_word_;
  uint64_t left_;  // Of the current word.
};

// One way through a plain text. What reads something leaves the position
// behind it, or returns false.
class Walk {
 public:
  // `text` is not empty; `quotes` are where its quotation marks are.
  Walk(absl::string_view text, const uint64_t* quotes, size_t max_depth,
       NameStack* names)
      : end_(text.data() + text.size()),
        max_depth_(max_depth),
        names_(*names),
        position_(text.data()),
        quotes_(text.data(), quotes, NumQuoteWords(text.size())) {}

  bool ReadAll(Members* members) {
    if (PeekBehindSpaces() != '{' || !ReadObject(1, members)) return false;
    PeekBehindSpaces();
    return position_ == end_;
  }

 private:
  // The next byte, or 0, which is not plain, behind the last one.
  char Peek() const { return position_ < end_ ? *position_ : '\0'; }
  char PeekBehindSpaces() {
    const char* next = position_;
    while (next < end_ && *next == ' ') ++next;
    position_ = next;
    return Peek();
  }
  bool TakeSeparator(char closing, bool* is_closed);

  // Of nested objects and of entries nothing is kept but their kind: `members`
  // is then null.
  bool ReadObject(size_t depth, Members* members);
  bool ReadMember(size_t depth, Members* members, ObjectNames* names);
  bool ReadArray(size_t depth, Members* members, Value* value);
  bool ReadEntry(size_t depth, Members* members);
  bool ReadValue(size_t depth, Members* members, Value* value);
  absl::string_view ReadString();
  bool ReadInteger(Value* value);
  bool ReadLiteral(absl::string_view literal);

  const char* const end_;
  const size_t max_depth_;
  NameStack& names_;
  // Quotation marks before the position have been taken, and no others.
  const char* position_;
  QuoteCursor quotes_;
};

// What follows a member or an entry: a comma or the end.
bool Walk::TakeSeparator(char closing, bool* is_closed) {
  const char c = PeekBehindSpaces();
  *is_closed = c == closing;
  if (c != ',' && c != closing) return false;
  ++position_;
  return true;
}

bool Walk::ReadObject(size_t depth, Members* members) {
  if (depth > max_depth_) return false;
  ++position_;  // The brace.
  if (PeekBehindSpaces() == '}') {
    ++position_;
    return true;
  }
  ObjectNames names(&names_);
  for (bool is_closed = false; !is_closed;) {
    if (!ReadMember(depth, members, &names)) return false;
    if (!TakeSeparator('}', &is_closed)) return false;
  }
  return !names.HasDuplicate();
}

bool Walk::ReadMember(size_t depth, Members* members, ObjectNames* names) {
  if (PeekBehindSpaces() != '"') return false;
  const absl::string_view name = ReadString();
  if (name.data() == nullptr || PeekBehindSpaces() != ':') return false;
  ++position_;
  names->Add(name);
  Value nobodys;
  Value* const value = members != nullptr ? members->Add(name) : &nobodys;
  return ReadValue(depth + 1, members, value);
}

bool Walk::ReadArray(size_t depth, Members* members, Value* value) {
  if (depth > max_depth_) return false;
  ++position_;  // The bracket.
  value->kind = Kind::kArray;
  value->first_entry = members != nullptr ? members->num_entries() : 0;
  if (PeekBehindSpaces() == ']') {
    ++position_;
    return true;
  }
  for (bool is_closed = false; !is_closed;) {
    if (!ReadEntry(depth, members)) return false;
    if (!TakeSeparator(']', &is_closed)) return false;
    if (members != nullptr) ++value->num_entries;
  }
  return true;
}

bool Walk::ReadEntry(size_t depth, Members* members) {
  Value nobodys;
  Value* const entry = members != nullptr ? members->AddEntry() : &nobodys;
  return ReadValue(depth + 1, nullptr, entry);
}

bool Walk::ReadValue(size_t depth, Members* members, Value* value) {
  switch (PeekBehindSpaces()) {
    case '"':
      value->kind = Kind::kString;
      value->text = ReadString();
      return value->text.data() != nullptr;
    case '{':
      value->kind = Kind::kObject;
      return ReadObject(depth, nullptr);
    case '[':
      return ReadArray(depth, members, value);
    case 't':
      value->kind = Kind::kBool;
      return ReadLiteral("true");
    case 'f':
      value->kind = Kind::kBool;
      return ReadLiteral("false");
    case 'n':
      value->kind = Kind::kNull;
      return ReadLiteral("null");
    default:
      return ReadInteger(value);
  }
}

// At a quotation mark, which is the next one: those before it were taken. Its
// data is null if the string has no end. (By value: a view that goes through
// memory costs some 10 ns, since it is stored by halves and loaded as one.)
absl::string_view Walk::ReadString() {
  quotes_.Take();
  const char* const closing = quotes_.Take();
  if (closing == nullptr) return absl::string_view();
  const char* const first = position_ + 1;
  position_ = closing + 1;
  return absl::string_view(first, static_cast<size_t>(closing - first));
}

// A fraction or an exponent behind it is what the caller does not expect.
bool Walk::ReadInteger(Value* value) {
  const bool is_negative = Peek() == '-';
  const char* const first = position_ + (is_negative ? 1 : 0);
  const char* const limit = first + std::min(end_ - first, kMaxDigits);
  const char* next = first;
  int64_t number = 0;
  for (; next < limit && IsDigit(*next); ++next) {
    number = 10 * number + (*next - '0');
  }
  position_ = next;
  if (next == first || (next - first > 1 && *first == '0')) return false;
  value->kind = Kind::kInt64;
  value->integer = is_negative ? -number : number;
  return true;
}

bool Walk::ReadLiteral(absl::string_view literal) {
  const auto len = static_cast<ptrdiff_t>(literal.size());
  if (end_ - position_ < len ||
      absl::string_view(position_, literal.size()) != literal) {
    return false;
  }
  position_ += len;
  return true;
}

}  // namespace

PlainReader::PlainReader(size_t max_depth)
    : max_depth_(std::min(max_depth, kMaxPlainDepth)) {}

bool PlainReader::Read(absl::string_view text, Members* members) {
  members->Clear();
  const size_t num_words = NumQuoteWords(text.size());
  if (quotes_.size() < num_words) quotes_.resize(num_words);
  if (text.empty() || !MarkQuotes(text, quotes_.data())) return false;
  return Walk(text, quotes_.data(), max_depth_, &names_).ReadAll(members);
}

}  // namespace assay::json
