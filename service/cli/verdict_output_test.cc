#include "service/cli/verdict_output.h"

#include "gtest/gtest.h"

namespace assay::cli {
namespace {

JudgedToken ValidToken(absl::string_view payload) {
  JudgedToken token;
  token.verdict = Verdict::kValid;
  token.alg = jose::Algorithm::kEs256;
  token.kid = "k1";
  token.payload = payload;
  return token;
}

std::string Write(OutputForm output, jose::Form form,
                  const JudgedToken& token) {
  std::string out;
  AppendVerdict(output, form, 7, token, &out);
  return out;
}

TEST(VerdictOutputTest, ValidJwtCarriesItsClaimsByteForByte) {
  EXPECT_EQ(Write(OutputForm::kNdjson, jose::Form::kJwt,
                  ValidToken(R"({"n":9007199254740993, "a":1.0})")),
            R"({"index":7,"verdict":"VALID","alg":"ES256","kid":"k1",)"
            R"("claims":{"n":9007199254740993, "a":1.0}})"
            "\n");
}

// The payload of RFC 7519 3.1 has line ends in it.
TEST(VerdictOutputTest, ClaimsWithLineEndsStayOnOneLine) {
  EXPECT_EQ(Write(OutputForm::kNdjson, jose::Form::kJwt,
                  ValidToken("{\"iss\":\"joe\",\r\n \"a\":\"\\n\"}")),
            "{\"index\":7,\"verdict\":\"VALID\",\"alg\":\"ES256\",\"kid\":"
            "\"k1\",\"claims\":{\"iss\":\"joe\",   \"a\":\"\\n\"}}\n");
}

TEST(VerdictOutputTest, ValidJwsCarriesItsPayloadInBase64Url) {
  EXPECT_EQ(
      Write(OutputForm::kNdjson, jose::Form::kJws, ValidToken("\xff\xfe\n")),
      R"({"index":7,"verdict":"VALID","alg":"ES256","kid":"k1",)"
      R"("payload":"__4K"})"
      "\n");
}

TEST(VerdictOutputTest, TokenThatIsNotValidHasAReasonAndNoClaims) {
  JudgedToken token;
  token.verdict = Verdict::kUnknownKey;
  token.alg = jose::Algorithm::kEs256;
  token.kid = "a\"\n\xff";
  token.reason = "because";
  token.payload = "{}";
  EXPECT_EQ(Write(OutputForm::kNdjson, jose::Form::kJwt, token),
            R"({"index":7,"verdict":"UNKNOWN_KEY","alg":"ES256",)"
            R"("kid":"a\"\n)"
            "\xEF\xBF\xBD"
            R"(","reason":"because"})"
            "\n");
}

TEST(VerdictOutputTest, AbsentKidIsNotAnEmptyOne) {
  JudgedToken token = ValidToken("{}");
  token.kid = absl::nullopt;
  EXPECT_EQ(Write(OutputForm::kNdjson, jose::Form::kJwt, token),
            "{\"index\":7,\"verdict\":\"VALID\",\"alg\":\"ES256\","
            "\"claims\":{}}\n");
  token.kid = "";
  EXPECT_EQ(Write(OutputForm::kNdjson, jose::Form::kJwt, token),
            "{\"index\":7,\"verdict\":\"VALID\",\"alg\":\"ES256\",\"kid\":"
            "\"\",\"claims\":{}}\n");
}

TEST(VerdictOutputTest, VerdictsAreOneWordPerLineAndASummaryIsNone) {
  EXPECT_EQ(Write(OutputForm::kVerdicts, jose::Form::kJwt, TooLargeToken()),
            "TOO_LARGE\n");
  EXPECT_EQ(Write(OutputForm::kSummary, jose::Form::kJwt, TooLargeToken()), "");
}

}  // namespace
}  // namespace assay::cli
