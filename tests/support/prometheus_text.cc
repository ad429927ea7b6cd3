#include "tests/support/prometheus_text.h"

#include <regex.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace assay::testing {
namespace {

constexpr char kName[] = "[a-zA-Z_:][a-zA-Z0-9_:]*";
constexpr char kLabel[] = R"re([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*")re";

// A POSIX extended expression. (g++ 12 warns of libstdc++'s own <regex> under
// AddressSanitizer.)
class Pattern {
 public:
  explicit Pattern(const std::string& expression) {
    compiled_ = regcomp(&regex_, expression.c_str(), REG_EXTENDED) == 0;
  }

  // The groups of a line that matches as a whole, else none. Group 0 is all.
  std::vector<std::string> Groups(const std::string& line) const {
    constexpr size_t kMost = 10;
    regmatch_t match[kMost];
    if (!compiled_ || line.find('\0') != std::string::npos ||
        regexec(&regex_, line.c_str(), kMost, match, 0) != 0) {
      return {};
    }
    std::vector<std::string> groups;
    for (const regmatch_t& group : match) {
      groups.push_back(
          group.rm_so < 0
              ? ""
              : line.substr(group.rm_so, group.rm_eo - group.rm_so));
    }
    return groups;
  }

 private:
  regex_t regex_;
  bool compiled_;
};

class Parser {
 public:
  // Empty, or what is wrong.
  std::string Read(const std::string& line) {
    static const auto& kHelp =
        *new Pattern(absl::StrCat("^# HELP (", kName, ") [^ \t].*$"));
    static const auto& kType =
        *new Pattern(absl::StrCat("^# TYPE (", kName, ") (counter|gauge)$"));
    static const auto& kSample = *new Pattern(absl::StrCat(
        "^((", kName, ")([{]", kLabel, "(,", kLabel, ")*[}])?) ([^ \t]+)$"));
    if (const auto help = kHelp.Groups(line); !help.empty()) {
      return Help(help[1]);
    }
    if (const auto type = kType.Groups(line); !type.empty()) {
      return Type(type[1], type[2]);
    }
    if (const auto sample = kSample.Groups(line); !sample.empty()) {
      return Sample(sample[1], sample[2], sample[7]);
    }
    return "not a line of the format";
  }

  std::map<std::string, double> Take() { return std::move(samples_); }

 private:
  std::string Help(const std::string& name) {
    if (!families_.insert(name).second) return "a family begins twice";
    family_ = name;
    has_type_ = false;
    return "";
  }

  std::string Type(const std::string& name, const std::string& type) {
    if (name != family_ || has_type_) return "TYPE does not follow its HELP";
    if (absl::EndsWith(name, "_total") != (type == "counter")) {
      return "counters end in _total, gauges do not";
    }
    has_type_ = true;
    return "";
  }

  std::string Sample(const std::string& series, const std::string& name,
                     const std::string& value) {
    double number;
    if (name != family_ || !has_type_) return "a sample outside of its family";
    if (!absl::SimpleAtod(value, &number)) return "the value is no number";
    if (!samples_.emplace(series, number).second) return "a series comes twice";
    return "";
  }

  std::set<std::string> families_;
  std::string family_;
  bool has_type_ = false;
  std::map<std::string, double> samples_;
};

}  // namespace

absl::StatusOr<std::map<std::string, double>> ParsePrometheusText(
    absl::string_view text) {
  if (!absl::EndsWith(text, "\n")) {
    return absl::InvalidArgumentError("the last line has no end");
  }
  text.remove_suffix(1);
  Parser parser;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::string problem = parser.Read(std::string(line));
    if (!problem.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(problem, ": ", line));
    }
  }
  return parser.Take();
}

}  // namespace assay::testing
