// Wycheproof's json_web_signature cases, each through the engine.
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

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

constexpr char kVectors[] =
    "tests/conformance/testdata/wycheproof_json_web_signature_test.json";

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
  std::ifstream file(kVectors);
  ASSERT_TRUE(file) << kVectors;
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
