#include "service/cli/duration.h"

#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace assay::cli {
namespace {

constexpr absl::string_view kUnits = "dhms";  // Larger first.
constexpr int64_t kUnitSeconds[] = {86400, 3600, 60, 1};
constexpr int64_t kMaxSeconds = 36500 * int64_t{86400};

absl::Status NotADuration(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text,
                   "\" is not a duration: write a number and a unit, such as "
                   "60s, 5m, 1h30m or 7d (at most 36500d)"));
}

// Takes digits off the front of `*text`. False if there is none, or too many
// for any duration.
bool TakeNumber(absl::string_view* text, int64_t* number) {
  size_t len = 0;
  while (len < text->size() && absl::ascii_isdigit((*text)[len])) ++len;
  // Ten digits hold kMaxSeconds and cannot overflow a product with a day.
  if (len == 0 || len > 10) return false;
  if (!absl::SimpleAtoi(text->substr(0, len), number)) return false;
  text->remove_prefix(len);
  return true;
}

bool IsUnixSeconds(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isdigit(c)) return false;
  }
  return !text.empty();
}

}  // namespace

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text) {
  int64_t total = 0;
  size_t next_unit = 0;
  absl::string_view rest = text;
  do {
    int64_t number = 0;
    if (!TakeNumber(&rest, &number) || rest.empty()) return NotADuration(text);
    const size_t unit = kUnits.find(rest[0], next_unit);
    if (unit == absl::string_view::npos) return NotADuration(text);
    rest.remove_prefix(1);
    next_unit = unit + 1;
    total += number * kUnitSeconds[unit];
    if (total > kMaxSeconds) return NotADuration(text);
  } while (!rest.empty());
  return absl::Seconds(total);
}

absl::StatusOr<absl::Time> ParseMoment(absl::string_view text) {
  if (IsUnixSeconds(text)) {
    int64_t seconds = 0;
    if (absl::SimpleAtoi(text, &seconds) && seconds <= 253402300799) {
      return absl::FromUnixSeconds(seconds);  // Up to the year 9999.
    }
  } else if (!text.empty() && absl::ascii_isdigit(text[0]) &&
             !absl::ascii_isspace(text.back())) {
    // Abseil would take white space around the text, and "infinite-future".
    absl::Time moment;
    std::string error;
    if (absl::ParseTime(absl::RFC3339_full, text, &moment, &error)) {
      return moment;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text,
      "\" is not a time: write RFC 3339, such as 2026-01-31T12:00:00Z, or "
      "seconds since 1970"));
}

}  // namespace assay::cli
