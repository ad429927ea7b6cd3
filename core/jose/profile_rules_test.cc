#include "core/jose/profile_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/jose/claims_validator.h"
#include "core/jose/header.h"
#include "core/jose/spiffe_id.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

// A profile, what a caller adds to it, and tokens judged by both as the engine
// does it.
class Judged {
 public:
  Judged(Profile profile, Policy policy) : policy_(std::move(policy)) {
    const absl::Status status = ApplyProfile(profile, &policy_);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_TRUE(ValidatePolicy(policy_).ok()) << ValidatePolicy(policy_);
  }

  Reason Claims(absl::string_view json,
                Algorithm alg = Algorithm::kEs256) const {
    json::Reader reader(32);
    json::Object object;
    EXPECT_EQ(reader.ParseObject(json, &object), json::Error::kNone) << json;
    json::Members claims;
    json::Reader::CollectMembers(object, &claims);
    const Reason reason = ClaimsJudge(policy_, kNow).Judge(claims);
    if (reason != Reason::kValid) return reason;
    return ProfileJudge(policy_, kNow).Judge(claims, object, alg);
  }

  Reason Type(absl::optional<absl::string_view> typ) const {
    ProtectedHeader header;
    header.typ = typ;
    return JudgeType(header, policy_);
  }

  const Policy& policy() const { return policy_; }

 private:
  Policy policy_;
};

Profile Of(ProfileKind kind) {
  Profile profile;
  profile.kind = kind;
  return profile;
}

Profile SvidProfile() {
  Profile profile = Of(ProfileKind::kJwtSvid);
  profile.trust_domain = "example.org";
  return profile;
}

Policy FromIdp() {
  Policy policy;
  policy.issuers = {"https://idp"};
  policy.audiences = {"me"};
  return policy;
}

absl::Status Apply(const Profile& profile, Policy policy) {
  return ApplyProfile(profile, &policy);
}

// `json` with the member `name`, which must be there, renamed.
std::string Without(absl::string_view json, absl::string_view name) {
  const std::string result = absl::StrReplaceAll(
      json, {{absl::StrCat("\"", name, "\":"), "\"renamed\":"}});
  EXPECT_NE(result, json) << name;
  return result;
}

// `json` with another member.
std::string With(absl::string_view json, absl::string_view member) {
  return absl::StrCat(json.substr(0, json.size() - 1), ",", member, "}");
}

std::string Changed(absl::string_view json, absl::string_view from,
                    absl::string_view to) {
  const std::string result = absl::StrReplaceAll(json, {{from, to}});
  EXPECT_NE(result, json) << from;
  return result;
}

TEST(ProfileTest, NamesGoBothWays) {
  for (int i = 1; i < kNumProfileKinds; ++i) {
    const auto kind = static_cast<ProfileKind>(i);
    EXPECT_EQ(ProfileFromName(ProfileName(kind)), kind);
  }
  EXPECT_EQ(ProfileFromName(""), ProfileKind::kNone);
  EXPECT_EQ(ProfileFromName("ID-TOKEN"), ProfileKind::kNone);
}

TEST(ApplyProfileTest, NoneChangesNothing) {
  Policy policy;
  EXPECT_TRUE(ApplyProfile(Profile(), &policy).ok());
  EXPECT_FALSE(policy.profile.has_value());
  EXPECT_TRUE(policy.required_claims.empty());
}

TEST(ApplyProfileTest, TwiceIsOnce) {
  for (int i = 1; i < kNumProfileKinds; ++i) {
    const auto kind = static_cast<ProfileKind>(i);
    const Profile profile =
        kind == ProfileKind::kJwtSvid ? SvidProfile() : Of(kind);
    Policy policy = FromIdp();
    ASSERT_TRUE(ApplyProfile(profile, &policy).ok());
    const size_t num_required = policy.required_claims.size();
    EXPECT_TRUE(ApplyProfile(profile, &policy).ok());
    EXPECT_EQ(policy.required_claims.size(), num_required);
  }
}

TEST(ApplyProfileTest, KeepsWhatTheCallerDemands) {
  Policy policy = FromIdp();
  policy.required_claims = {"scope", "sub"};
  policy.subject = "joe";
  policy.algorithms = {Algorithm::kEs384};
  const Judged judged(Of(ProfileKind::kAccessToken), policy);
  EXPECT_EQ(judged.policy().subject, "joe");
  EXPECT_EQ(judged.policy().algorithms, AlgorithmSet({Algorithm::kEs384}));
  EXPECT_EQ(judged.policy().required_claims[0], "scope");
}

TEST(ApplyProfileTest, NamesTheFieldThatContradicts) {
  Policy policy = FromIdp();
  policy.typ = "JWT";
  EXPECT_EQ(Apply(Of(ProfileKind::kAccessToken), policy).message(),
            "typ: the profile access-token asks for at+jwt, not for \"JWT\"; "
            "leave it out");
  policy.typ = "at+jwt";
  EXPECT_EQ(Apply(Of(ProfileKind::kIdToken), policy).message(),
            "typ: the profile id-token knows no typ \"at+jwt\"; leave it out");
  policy = FromIdp();
  policy.algorithms = {Algorithm::kEs256, Algorithm::kHs256};
  EXPECT_EQ(Apply(SvidProfile(), policy).message(),
            "algorithms: the profile jwt-svid forbids HS256");
}

TEST(ApplyProfileTest, NamesWhatIsMissing) {
  for (const ProfileKind kind :
       {ProfileKind::kAccessToken, ProfileKind::kIdToken,
        ProfileKind::kLogoutToken}) {
    Policy policy = FromIdp();
    policy.issuers.clear();
    EXPECT_EQ(Apply(Of(kind), policy).message(),
              absl::StrCat("issuers: the profile ", ProfileName(kind),
                           " needs the issuer that is trusted"));
    policy = FromIdp();
    policy.audiences.clear();
    EXPECT_THAT(std::string(Apply(Of(kind), policy).message()),
                HasSubstr("audiences: the profile "));
  }
  EXPECT_THAT(std::string(Apply(SvidProfile(), Policy()).message()),
              HasSubstr("audiences: the profile jwt-svid needs"));
  EXPECT_EQ(Apply(Of(ProfileKind::kJwtSvid), FromIdp()).message(),
            "trust_domain: the profile jwt-svid needs the one that the keys "
            "are of, such as example.org");
  Profile profile = SvidProfile();
  profile.trust_domain = "spiffe://example.org";
  EXPECT_THAT(std::string(Apply(profile, FromIdp()).message()),
              HasSubstr("without spiffe://"));
}

TEST(ApplyProfileTest, AnIdTokenHasOneClient) {
  Policy policy = FromIdp();
  policy.audiences = {"me", "other"};
  EXPECT_THAT(std::string(Apply(Of(ProfileKind::kIdToken), policy).message()),
              HasSubstr("audiences: the profile id-token needs exactly one"));
}

TEST(ApplyProfileTest, RefusesParametersThatNobodyWouldJudge) {
  Profile profile = Of(ProfileKind::kAccessToken);
  profile.nonce = "n";
  EXPECT_EQ(Apply(profile, FromIdp()).message(),
            "nonce: only the profile id-token judges it");
  profile = Profile();
  profile.trust_domain = "example.org";
  EXPECT_EQ(Apply(profile, FromIdp()).message(),
            "trust_domain: only the profile jwt-svid judges it");
  profile = Of(ProfileKind::kIdToken);
  profile.max_auth_age = absl::ZeroDuration();
  EXPECT_THAT(std::string(Apply(profile, FromIdp()).message()),
              HasSubstr("max_auth_age"));
}

TEST(ApplyProfileTest, AJwsHasNoProfile) {
  Policy policy;
  policy.form = Form::kJws;
  policy.profile = Of(ProfileKind::kAccessToken);
  EXPECT_FALSE(ValidatePolicy(policy).ok());
}

constexpr char kAccessToken[] =
    R"({"iss":"https://idp","exp":1700000060,"aud":"me","sub":"joe",)"
    R"("client_id":"app","iat":1700000000,"jti":"1"})";

TEST(AccessTokenTest, NeedsEveryClaimOfRfc9068) {
  const Judged judged(Of(ProfileKind::kAccessToken), FromIdp());
  EXPECT_EQ(judged.Claims(kAccessToken), Reason::kValid);
  for (const char* name : {"exp", "sub", "client_id", "iat", "jti"}) {
    EXPECT_EQ(judged.Claims(Without(kAccessToken, name)), Reason::kClaimMissing)
        << name;
  }
  EXPECT_EQ(judged.Claims(Without(kAccessToken, "iss")),
            Reason::kIssuerMissing);
  EXPECT_EQ(judged.Claims(Without(kAccessToken, "aud")),
            Reason::kAudienceMissing);
}

TEST(AccessTokenTest, HasTheTypeAtJwt) {
  const Judged judged(Of(ProfileKind::kAccessToken), FromIdp());
  EXPECT_EQ(judged.Type("at+jwt"), Reason::kValid);
  EXPECT_EQ(judged.Type("application/at+jwt"), Reason::kValid);
  EXPECT_EQ(judged.Type("JWT"), Reason::kTypeMismatch);
  EXPECT_EQ(judged.Type(absl::nullopt), Reason::kTypeMissing);
}

TEST(AccessTokenTest, NamesItsClientByText) {
  const Judged judged(Of(ProfileKind::kAccessToken), FromIdp());
  EXPECT_EQ(judged.Claims(Changed(kAccessToken, "\"app\"", "7")),
            Reason::kProfileClaimType);
}

TEST(ConfirmationTest, MustBeAnObject) {  // RFC 7800 3.1
  const Judged judged(Of(ProfileKind::kAccessToken), FromIdp());
  EXPECT_EQ(judged.Claims(With(kAccessToken, R"("cnf":{"jkt":"x"})")),
            Reason::kValid);
  for (const char* cnf : {"\"x\"", "[]", "null", "1"}) {
    EXPECT_EQ(judged.Claims(With(kAccessToken, absl::StrCat("\"cnf\":", cnf))),
              Reason::kConfirmationType)
        << cnf;
  }
}

constexpr char kIdToken[] =
    R"({"iss":"https://idp","sub":"joe","aud":"me","exp":1700000060,)"
    R"("iat":1700000000})";

TEST(IdTokenTest, NeedsEveryClaimOfSection2) {
  const Judged judged(Of(ProfileKind::kIdToken), FromIdp());
  EXPECT_EQ(judged.Claims(kIdToken), Reason::kValid);
  for (const char* name : {"sub", "exp", "iat"}) {
    EXPECT_EQ(judged.Claims(Without(kIdToken, name)), Reason::kClaimMissing)
        << name;
  }
  EXPECT_EQ(judged.Claims(Without(kIdToken, "iss")), Reason::kIssuerMissing);
  EXPECT_EQ(judged.Claims(Without(kIdToken, "aud")), Reason::kAudienceMissing);
}

TEST(IdTokenTest, IsNoOtherKindOfToken) {
  const Judged judged(Of(ProfileKind::kIdToken), FromIdp());
  EXPECT_EQ(judged.Type(absl::nullopt), Reason::kValid);
  EXPECT_EQ(judged.Type("JWT"), Reason::kValid);
  EXPECT_EQ(judged.Type("at+jwt"), Reason::kTypeMismatch);
  EXPECT_EQ(judged.Type("logout+jwt"), Reason::kTypeMismatch);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("events":{})")),
            Reason::kEventsForbidden);
}

TEST(IdTokenTest, OfSeveralAudiencesNeedsAzp) {
  Profile profile = Of(ProfileKind::kIdToken);
  profile.trusted_audiences = {"friend"};
  const Judged judged(profile, FromIdp());
  const std::string two =
      Changed(kIdToken, R"("aud":"me")", R"("aud":["me","friend"])");
  EXPECT_EQ(judged.Claims(two), Reason::kAuthorizedPartyMissing);
  EXPECT_EQ(judged.Claims(With(two, R"("azp":"me")")), Reason::kValid);
  EXPECT_EQ(judged.Claims(With(two, R"("azp":"friend")")),
            Reason::kAuthorizedPartyMismatch);
  EXPECT_EQ(judged.Claims(Changed(kIdToken, "\"me\"", R"(["me"])")),
            Reason::kValid);
}

TEST(IdTokenTest, NamesNoAudienceThatIsNotTrusted) {
  const Judged judged(Of(ProfileKind::kIdToken), FromIdp());
  EXPECT_EQ(judged.Claims(With(
                Changed(kIdToken, R"("aud":"me")", R"("aud":["me","other"])"),
                R"("azp":"me")")),
            Reason::kAudienceUntrusted);
}

TEST(IdTokenTest, ATrustedAudienceIsNotTheClient) {
  Profile profile = Of(ProfileKind::kIdToken);
  profile.trusted_audiences = {"friend"};
  const Judged judged(profile, FromIdp());
  EXPECT_EQ(judged.Claims(Changed(kIdToken, "\"me\"", "\"friend\"")),
            Reason::kAudienceMismatch);
}

TEST(IdTokenTest, AzpIsTheClientIfItIsThere) {
  const Judged judged(Of(ProfileKind::kIdToken), FromIdp());
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("azp":"me")")), Reason::kValid);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("azp":"other")")),
            Reason::kAuthorizedPartyMismatch);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("azp":["me"])")),
            Reason::kProfileClaimType);
}

TEST(IdTokenTest, NonceIsTheOneThatWasSent) {
  Profile profile = Of(ProfileKind::kIdToken);
  profile.nonce = "n-0S6";
  const Judged judged(profile, FromIdp());
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("nonce":"n-0S6")")),
            Reason::kValid);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("nonce":"n-0s6")")),
            Reason::kNonceMismatch);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("nonce":5)")),
            Reason::kProfileClaimType);
  EXPECT_EQ(judged.Claims(kIdToken), Reason::kClaimMissing);
}

TEST(IdTokenTest, AnEmptyNonceIsStillCompared) {
  Profile profile = Of(ProfileKind::kIdToken);
  profile.nonce = "";
  const Judged judged(profile, FromIdp());
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("nonce":"x")")),
            Reason::kNonceMismatch);
}

TEST(IdTokenTest, NonceMayBeRequiredWhateverItIs) {
  Profile profile = Of(ProfileKind::kIdToken);
  profile.require_nonce = true;
  const Judged judged(profile, FromIdp());
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("nonce":"x")")), Reason::kValid);
  EXPECT_EQ(judged.Claims(kIdToken), Reason::kClaimMissing);
}

// The example of OpenID Connect Core A.3 and A.4.
constexpr char kSpecAccessToken[] =
    "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
constexpr char kSpecCode[] =
    "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";

TEST(IdTokenTest, AtHashIsOfTheAccessToken) {
  Profile profile = Of(ProfileKind::kIdToken);
  profile.access_token = kSpecAccessToken;
  const Judged judged(profile, FromIdp());
  const std::string good =
      With(kIdToken, R"("at_hash":"77QmUPtjPfzWtF2AnpK9RQ")");
  EXPECT_EQ(judged.Claims(good, Algorithm::kRs256), Reason::kValid);
  EXPECT_EQ(judged.Claims(good, Algorithm::kEs384),
            Reason::kAccessTokenHashMismatch);
  EXPECT_EQ(judged.Claims(Changed(good, "77Qm", "77Qn")),
            Reason::kAccessTokenHashMismatch);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("at_hash":"")")),
            Reason::kAccessTokenHashMismatch);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("at_hash":7)")),
            Reason::kProfileClaimType);
  EXPECT_EQ(judged.Claims(kIdToken), Reason::kClaimMissing);
}

TEST(IdTokenTest, CHashIsOfTheCode) {
  Profile profile = Of(ProfileKind::kIdToken);
  profile.code = kSpecCode;
  const Judged judged(profile, FromIdp());
  const std::string good =
      With(kIdToken, R"("c_hash":"LDktKdoQak3Pk0cnXxCltA")");
  EXPECT_EQ(judged.Claims(good, Algorithm::kRs256), Reason::kValid);
  EXPECT_EQ(judged.Claims(Changed(good, "LDkt", "LDku")),
            Reason::kCodeHashMismatch);
  EXPECT_EQ(judged.Claims(kIdToken), Reason::kClaimMissing);
}

// Half of a longer hash is longer: 24 bytes of SHA-384, 32 of SHA-512, which
// sha384sum and sha512sum tell.
TEST(IdTokenTest, AtHashFollowsTheHashOfTheAlgorithm) {
  Profile profile = Of(ProfileKind::kIdToken);
  profile.access_token = "abc";
  const Judged judged(profile, FromIdp());
  const std::string by_384 =
      With(kIdToken, R"("at_hash":"ywB1P0WjXou1oD1pmsZQBycsMqsO3tFj")");
  const std::string by_512 = With(
      kIdToken, R"("at_hash":"3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05o")");
  for (const Algorithm alg :
       {Algorithm::kRs384, Algorithm::kPs384, Algorithm::kEs384}) {
    EXPECT_EQ(judged.Claims(by_384, alg), Reason::kValid);
    EXPECT_EQ(judged.Claims(by_512, alg), Reason::kAccessTokenHashMismatch);
  }
  for (const Algorithm alg : {Algorithm::kRs512, Algorithm::kEs512,
                              Algorithm::kEdDsa, Algorithm::kEd25519}) {
    EXPECT_EQ(judged.Claims(by_512, alg), Reason::kValid);
    EXPECT_EQ(judged.Claims(by_384, alg), Reason::kAccessTokenHashMismatch);
  }
}

TEST(IdTokenTest, AuthTimeIsNoFurtherBackThanMaxAuthAge) {
  Profile profile = Of(ProfileKind::kIdToken);
  profile.max_auth_age = absl::Seconds(100);
  Policy policy = FromIdp();
  policy.clock_skew = absl::Seconds(5);
  const Judged judged(profile, policy);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("auth_time":1699999895)")),
            Reason::kValid);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("auth_time":1699999894)")),
            Reason::kAuthenticatedTooLongAgo);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("auth_time":1700000005)")),
            Reason::kValid);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("auth_time":1700000006)")),
            Reason::kAuthenticatedInFuture);
  EXPECT_EQ(judged.Claims(With(kIdToken, R"("auth_time":"1700000000")")),
            Reason::kProfileClaimType);
  EXPECT_EQ(judged.Claims(kIdToken), Reason::kClaimMissing);
}

constexpr char kLogoutToken[] =
    R"({"iss":"https://idp","aud":"me","iat":1700000000,"exp":1700000060,)"
    R"("jti":"1","sub":"joe",)"
    R"("events":{"http://schemas.openid.net/event/backchannel-logout":{}}})";

TEST(LogoutTokenTest, NeedsEveryClaimOfSection2Dot4) {
  const Judged judged(Of(ProfileKind::kLogoutToken), FromIdp());
  EXPECT_EQ(judged.Claims(kLogoutToken), Reason::kValid);
  for (const char* name : {"iat", "exp", "jti", "events"}) {
    EXPECT_EQ(judged.Claims(Without(kLogoutToken, name)), Reason::kClaimMissing)
        << name;
  }
  EXPECT_EQ(judged.Claims(Without(kLogoutToken, "iss")),
            Reason::kIssuerMissing);
  EXPECT_EQ(judged.Claims(Without(kLogoutToken, "aud")),
            Reason::kAudienceMissing);
}

TEST(LogoutTokenTest, IsForNobodyElse) {
  const Judged judged(Of(ProfileKind::kLogoutToken), FromIdp());
  EXPECT_EQ(judged.Claims(Changed(kLogoutToken, R"("me")", R"(["me"])")),
            Reason::kValid);
  EXPECT_EQ(judged.Claims(Changed(kLogoutToken, R"("me")", R"(["me","evil"])")),
            Reason::kAudienceUntrusted);
}

TEST(LogoutTokenTest, HasTheTypeLogoutJwt) {
  const Judged judged(Of(ProfileKind::kLogoutToken), FromIdp());
  EXPECT_EQ(judged.Type("logout+jwt"), Reason::kValid);
  EXPECT_EQ(judged.Type("JWT"), Reason::kTypeMismatch);
  EXPECT_EQ(judged.Type(absl::nullopt), Reason::kTypeMissing);
}

TEST(LogoutTokenTest, SaysWhomOrWhichSession) {
  const Judged judged(Of(ProfileKind::kLogoutToken), FromIdp());
  const std::string nobody = Without(kLogoutToken, "sub");
  EXPECT_EQ(judged.Claims(nobody), Reason::kLogoutTargetMissing);
  EXPECT_EQ(judged.Claims(With(nobody, R"("sid":"s")")), Reason::kValid);
  EXPECT_EQ(judged.Claims(With(nobody, R"("sid":5)")),
            Reason::kProfileClaimType);
}

TEST(LogoutTokenTest, HoldsTheLogoutEventAsAnObject) {
  const Judged judged(Of(ProfileKind::kLogoutToken), FromIdp());
  for (const char* event : {"\"x\"", "[]", "null", "true"}) {
    EXPECT_EQ(judged.Claims(Changed(kLogoutToken, "logout\":{}",
                                    absl::StrCat("logout\":", event))),
              Reason::kLogoutEventMissing)
        << event;
  }
  EXPECT_EQ(judged.Claims(Changed(kLogoutToken, "backchannel", "frontchannel")),
            Reason::kLogoutEventMissing);
  EXPECT_EQ(judged.Claims(Changed(
                kLogoutToken,
                R"({"http://schemas.openid.net/event/backchannel-logout":{}})",
                R"(["http://schemas.openid.net/event/backchannel-logout"])")),
            Reason::kLogoutEventMissing);
}

TEST(LogoutTokenTest, HasNoNonce) {
  const Judged judged(Of(ProfileKind::kLogoutToken), FromIdp());
  EXPECT_EQ(judged.Claims(With(kLogoutToken, R"("nonce":"n")")),
            Reason::kNonceForbidden);
  EXPECT_EQ(judged.Claims(With(kLogoutToken, R"("nonce":null)")),
            Reason::kNonceForbidden);
}

constexpr char kSvid[] =
    R"({"sub":"spiffe://example.org/ns/a/sa/b","aud":["me","x"],)"
    R"("exp":1700000060})";

Judged JudgedSvid() {
  Policy policy;
  policy.audiences = {"me"};
  return Judged(SvidProfile(), policy);
}

TEST(JwtSvidTest, NeedsSubAudAndExp) {
  EXPECT_EQ(JudgedSvid().Claims(kSvid), Reason::kValid);
  EXPECT_EQ(JudgedSvid().Claims(Without(kSvid, "sub")), Reason::kClaimMissing);
  EXPECT_EQ(JudgedSvid().Claims(Without(kSvid, "exp")), Reason::kClaimMissing);
  EXPECT_EQ(JudgedSvid().Claims(Without(kSvid, "aud")),
            Reason::kAudienceMissing);
}

TEST(JwtSvidTest, IsOfTheTrustDomainOfTheKeys) {
  EXPECT_EQ(JudgedSvid().Claims(Changed(kSvid, "example.org", "example.com")),
            Reason::kTrustDomainMismatch);
  EXPECT_EQ(JudgedSvid().Claims(Changed(kSvid, "spiffe://", "https://")),
            Reason::kSubjectNoSpiffeId);
}

TEST(JwtSvidTest, HasNoTypeButJwtAndJose) {
  EXPECT_EQ(JudgedSvid().Type(absl::nullopt), Reason::kValid);
  EXPECT_EQ(JudgedSvid().Type("JWT"), Reason::kValid);
  EXPECT_EQ(JudgedSvid().Type("JOSE"), Reason::kValid);
  EXPECT_EQ(JudgedSvid().Type("at+jwt"), Reason::kTypeMismatch);
}

TEST(JwtSvidTest, IsSignedWithRsaOrEcdsa) {
  const Judged judged = JudgedSvid();
  for (const AlgorithmInfo& info : AllAlgorithms()) {
    EXPECT_EQ(judged.policy().algorithms.Contains(info.algorithm),
              info.key_type == KeyType::kRsa || info.key_type == KeyType::kEc)
        << info.name;
  }
}

TEST(SpiffeIdTest, NamesATrustDomainAndAWorkload) {
  absl::string_view domain;
  EXPECT_TRUE(ReadSpiffeId("spiffe://a.b-c_9/x/Y.z-_/...", &domain));
  EXPECT_EQ(domain, "a.b-c_9");
  for (const char* bad : {"",
                          "spiffe:",
                          "spiffe://",
                          "spiffe:///x",
                          "spiffe://a",
                          "spiffe://a/",
                          "spiffe://a/x/",
                          "spiffe://a//x",
                          "spiffe://a/./x",
                          "spiffe://a/..",
                          "SPIFFE://a/x",
                          "spiffe://A/x",
                          "spiffe://a:1/x",
                          "spiffe://u@a/x",
                          "spiffe://a/x?q",
                          "spiffe://a/x#f",
                          "spiffe://a/%41",
                          "spiffe://a/ x",
                          " spiffe://a/x",
                          "https://a/x",
                          "spiffe://a/\xc3\xa9"}) {
    EXPECT_FALSE(ReadSpiffeId(bad, &domain)) << bad;
  }
}

TEST(SpiffeIdTest, HasABoundedLength) {
  absl::string_view domain;
  const std::string longest =
      absl::StrCat("spiffe://a/", std::string(2037, 'x'));
  EXPECT_TRUE(ReadSpiffeId(longest, &domain));
  EXPECT_FALSE(ReadSpiffeId(longest + "x", &domain));
  EXPECT_TRUE(IsTrustDomain(std::string(255, 'a')));
  EXPECT_FALSE(IsTrustDomain(std::string(256, 'a')));
}

}  // namespace
}  // namespace assay::jose
