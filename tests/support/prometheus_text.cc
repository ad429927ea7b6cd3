#include "tests/support/prometheus_text.h"

#include <regex>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace assay::testing {
namespace {

class Parser {
 public:
  // Empty, or what is wrong.
  std::string Read(const std::string& line) {
    static const auto& kHelp =
        *new std::regex(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*))");
    static const auto& kType =
        *new std::regex(R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge))");
    static const auto& kSample = *new std::regex(
        R"re((([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_]\w*="([^"\\\n]|\\["\\n])*")re"
        R"re((,[a-zA-Z_]\w*="([^"\\\n]|\\["\\n])*")*\})?) (\S+))re");
    std::smatch match;
    if (std::regex_match(line, match, kHelp)) return Help(match[1]);
    if (std::regex_match(line, match, kType)) return Type(match[1], match[2]);
    if (std::regex_match(line, match, kSample)) {
      return Sample(match[1], match[2], match[7]);
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
