// Wycheproof's json_web_signature cases, each through the engine.
//
// The file is not part of the project: it lies in ../shared beside the
// workspace, or where ASSAY_WYCHEPROOF_JWS says. Without it the test is
// skipped; with CI=true that is a failure.
#include <stdlib.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/jose/policy.h"
#include "gtest/gtest.h"
#include "simdjson.h"
#include "tests/conformance/engine_harness.h"

namespace assay::testing {
namespace {

// Where a strict verifier disagrees with the file, and why it is right.
const std::set<int64_t>& DisputedCases() {
  static const auto* cases = new std::set<int64_t>{
      346, 347, 350, 351,  // The JWK's alg is not the header's.
      367, 370,            // "Invalid", yet byte for byte the valid case 357.
      372, 373,            // "Valid", yet with a '?' amid the base64url.
  };
  return *cases;
}

constexpr size_t kNumCases = 401;

std::string Env(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

// The workspace as it was checked out: where the runfiles' link to this
// source file leads.
std::string WorkspaceRoot() {
  constexpr absl::string_view kSelf =
      "tests/conformance/wycheproof_jws_test.cc";
  char* real = realpath(std::string(kSelf).c_str(), nullptr);
  if (real == nullptr) return "";
  std::string path = real;
  free(real);
  return path.substr(0, path.size() - kSelf.size());
}

std::string VectorsPath() {
  const std::string given = Env("ASSAY_WYCHEPROOF_JWS");
  if (!given.empty()) return given;
  return absl::StrCat(
      WorkspaceRoot(),
      "../shared/vectors/wycheproof/json_web_signature_test.json");
}

struct Case {
  int64_t id;
  std::string comment;
  std::string token;
  bool valid;
};

// One key and the tokens that are judged by it.
struct Group {
  std::string jwk;
  std::vector<Case> cases;
};

Group ReadGroup(simdjson::dom::element json) {
  Group group;
  simdjson::dom::element key;
  if (json["public"].get(key) != simdjson::SUCCESS) key = json["private"];
  group.jwk = simdjson::minify(key);
  for (simdjson::dom::element test : json["tests"].get_array()) {
    group.cases.push_back({int64_t(test["tcId"]),
                           std::string(std::string_view(test["comment"])),
                           std::string(std::string_view(test["jws"])),
                           std::string_view(test["result"]) == "valid"});
  }
  return group;
}

std::vector<Group> ReadGroups(const std::string& text) {
  simdjson::dom::parser parser;
  std::vector<Group> groups;
  const simdjson::dom::element root = parser.parse(text);
  for (simdjson::dom::element json : root["testGroups"].get_array()) {
    groups.push_back(ReadGroup(json));
  }
  return groups;
}

// Judges the group in one batch. Adds the ids on which file and engine differ.
void JudgeGroup(const Group& group, std::set<int64_t>* differing) {
  jose::Policy policy;
  policy.form = jose::Form::kJws;
  std::vector<std::string> tokens;
  for (const Case& test : group.cases) tokens.push_back(test.token);
  const std::vector<Judgement> judgements =
      JudgeTokens(group.jwk, tokens, policy);
  for (size_t i = 0; i < group.cases.size(); ++i) {
    const Case& test = group.cases[i];
    const Reason reason = judgements[i].reason;
    ASSERT_NE(reason, Reason::kUnspecified) << "tcId " << test.id;
    if ((reason == Reason::kValid) == test.valid) continue;
    differing->insert(test.id);
    EXPECT_TRUE(DisputedCases().count(test.id) == 1)
        << "tcId " << test.id << " (" << test.comment << ") is "
        << (test.valid ? "valid" : "invalid")
        << " by the file, and here: " << ReasonText(reason);
  }
}

TEST(WycheproofJsonWebSignatureTest, AgreesOnEveryCaseButTheDisputedEight) {
  const std::string path = VectorsPath();
  std::ifstream file(path);
  if (!file) {
    const std::string message = absl::StrCat(
        "SKIPPED: no ", path, " (set ASSAY_WYCHEPROOF_JWS to its place)");
    if (Env("CI") == "true") FAIL() << message;
    GTEST_SKIP() << message;
  }
  std::stringstream text;
  text << file.rdbuf();
  size_t num_cases = 0;
  std::set<int64_t> differing;
  for (const Group& group : ReadGroups(text.str())) {
    num_cases += group.cases.size();
    JudgeGroup(group, &differing);
  }
  EXPECT_EQ(num_cases, kNumCases);
  EXPECT_EQ(differing, DisputedCases());
}

}  // namespace
}  // namespace assay::testing
