#include "service/cli/policy_flags.h"

#include "absl/strings/str_cat.h"
#include "core/jose/profile_rules.h"
#include "service/cli/algorithm_flag.h"
#include "service/cli/diagnostics.h"
#include "service/cli/duration.h"
#include "service/cli/optional_flag.h"

namespace assay::cli {
namespace {

// The first flag given that judges claims, or "".
absl::string_view ClaimFlagOf(const PolicyFlags& flags) {
  if (!flags.issuers.empty()) return "--issuer";
  if (!flags.audiences.empty()) return "--audience";
  if (flags.reject_unexpected_audience) return "--reject-unexpected-audience";
  if (flags.subject.has_value()) return "--subject";
  if (!flags.required_claims.empty()) return "--require";
  if (flags.skew.has_value()) return "--skew";
  if (flags.max_age.has_value()) return "--max-age";
  if (flags.as_of.has_value()) return "--as-of";
  if (!flags.profile.profile.empty()) return "--profile";
  return "";
}

absl::Status AddSignatures(const PolicyFlags& flags, jose::Policy* policy) {
  policy->unencoded_payload = flags.b64 == "false";
  if (policy->unencoded_payload && jose::JudgesClaims(policy->form)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--b64 false does not go with --form ", flags.form,
        ", whose payloads are always encoded; say --form jws or jws-json"));
  }
  if (policy->form != jose::Form::kJwsJson &&
      (flags.signatures != "any" || !flags.required_kids.empty())) {
    return absl::InvalidArgumentError(
        absl::StrCat("--signatures and --require-kid are about tokens of "
                     "several signatures, but those of --form ",
                     flags.form, " have one; say --form jws-json"));
  }
  policy->signatures = flags.signatures == "all" ? jose::SignatureRule::kAll
                                                 : jose::SignatureRule::kAny;
  policy->required_kids = flags.required_kids;
  return absl::OkStatus();
}

void AddVerifyFormFlag(CLI::App* app, std::string* form) {
  app->add_option("--form", *form,
                  "What a token is: jwt (of claims, the default), jws (of any "
                  "bytes; no claim is judged), jws-json (the same as a JSON "
                  "object, flattened or general) or nested (a jwt that was "
                  "encrypted too; see --decrypt-keys)")
      ->check(CLI::IsMember({"jwt", "jws", "jws-json", "nested"}))
      ->type_name("F");
}

absl::Status AddTimes(const PolicyFlags& flags, jose::Policy* policy) {
  if (flags.skew.has_value()) {
    const absl::StatusOr<absl::Duration> skew = ParseDuration(*flags.skew);
    if (!skew.ok()) return Annotate("--skew", skew.status());
    policy->clock_skew = *skew;
  }
  if (flags.max_age.has_value()) {
    const absl::StatusOr<absl::Duration> age = ParseDuration(*flags.max_age);
    if (!age.ok()) return Annotate("--max-age", age.status());
    policy->max_age = *age;
  }
  if (flags.as_of.has_value()) {
    const absl::StatusOr<absl::Time> as_of = ParseMoment(*flags.as_of);
    if (!as_of.ok()) return Annotate("--as-of", as_of.status());
    policy->as_of = *as_of;
  }
  return absl::OkStatus();
}

}  // namespace

void AddFormFlag(CLI::App* app, std::string* form) {
  app->add_option("--form", *form,
                  "What a token is: jwt (of claims, the default), jws (of any "
                  "bytes; no claim is judged) or jws-json (the same as a JSON "
                  "object, flattened or general)")
      ->check(CLI::IsMember({"jwt", "jws", "jws-json"}))
      ->type_name("F");
}

jose::Form ParseForm(absl::string_view form) {
  if (form == "jws-json") return jose::Form::kJwsJson;
  return form == "jws" ? jose::Form::kJws : jose::Form::kJwt;
}

CLI::Option* AddB64Flag(CLI::App* app, std::string* b64) {
  return app
      ->add_option("--b64", *b64,
                   "false: payloads are signed as they are and not in "
                   "base64url (RFC 7797); not for --form jwt")
      ->check(CLI::IsMember({"true", "false"}))
      ->type_name("B");
}

void AddPolicyFlags(CLI::App* app, PolicyFlags* flags) {
  constexpr char kGroup[] = "What is demanded of a token";
  AddVerifyFormFlag(app, &flags->form);
  app->get_option("--form")->group(kGroup);
  app->add_option("--alg", flags->algorithms,
                  "Accept only these algorithms; default: those of the keys")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("A,B")
      ->group(kGroup);
  app->add_option("--issuer", flags->issuers,
                  "iss must be this, or one of these if repeated")
      ->allow_extra_args(false)
      ->type_name("I")
      ->group(kGroup);
  app->add_option("--audience", flags->audiences,
                  "aud must name this, or one of these if repeated")
      ->allow_extra_args(false)
      ->type_name("A")
      ->group(kGroup);
  app->add_flag("--reject-unexpected-audience",
                flags->reject_unexpected_audience,
                "Without --audience: refuse tokens that have aud")
      ->group(kGroup);
  AddOptionalFlag(app, "--subject", &flags->subject, "sub must be this", "S")
      ->group(kGroup);
  app->add_option("--require", flags->required_claims,
                  "Claims that must be there and not null")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("C,D")
      ->group(kGroup);
  AddOptionalFlag(app, "--typ", &flags->typ,
                  "The header's typ must be this media type", "T")
      ->group(kGroup);
  AddOptionalFlag(app, "--skew", &flags->skew,
                  "Tolerance for exp, nbf and iat, such as 60s; default none",
                  "D")
      ->group(kGroup);
  AddOptionalFlag(app, "--max-age", &flags->max_age,
                  "iat must be there and no further back, such as 1h30m or 7d",
                  "D")
      ->group(kGroup);
  AddOptionalFlag(app, "--as-of", &flags->as_of,
                  "Judge as if it were this moment (RFC 3339 or seconds since "
                  "1970)",
                  "TIME")
      ->group(kGroup);
  AddB64Flag(app, &flags->b64)->group(kGroup);
  app->add_option("--signatures", flags->signatures,
                  "Of a jws-json: any (one good signature will do, the "
                  "default) or all (each that is there must be good)")
      ->check(CLI::IsMember({"any", "all"}))
      ->type_name("R")
      ->group(kGroup);
  app->add_option("--require-kid", flags->required_kids,
                  "Of a jws-json: the key of this kid, which no other key may "
                  "bear, must have signed, and each of these if repeated")
      ->allow_extra_args(false)
      ->type_name("K")
      ->group(kGroup);
  AddProfileFlags(app, &flags->profile);
}

absl::StatusOr<jose::Policy> MakePolicy(const PolicyFlags& flags) {
  jose::Policy policy;
  policy.form = ParseForm(flags.form);
  const absl::string_view claim_flag = ClaimFlagOf(flags);
  if (!jose::JudgesClaims(policy.form) && !claim_flag.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(claim_flag, " judges a claim, but --form ", flags.form,
                     " looks at no claims; leave one of them out"));
  }
  for (const std::string& name : flags.algorithms) {
    const absl::StatusOr<jose::Algorithm> algorithm = ParseAlgorithm(name);
    if (!algorithm.ok()) return algorithm.status();
    policy.algorithms.Add(*algorithm);
  }
  policy.issuers = flags.issuers;
  policy.audiences = flags.audiences;
  policy.reject_unexpected_audience = flags.reject_unexpected_audience;
  policy.subject = flags.subject;
  policy.typ = flags.typ;
  policy.required_claims = flags.required_claims;
  const absl::StatusOr<jose::Profile> profile = MakeProfile(flags.profile);
  if (!profile.ok()) return profile.status();
  absl::Status status = AddSignatures(flags, &policy);
  if (status.ok()) status = AddTimes(flags, &policy);
  if (status.ok()) status = jose::ApplyProfile(*profile, &policy);
  if (status.ok()) status = jose::ValidatePolicy(policy);
  if (!status.ok()) return status;
  return policy;
}

}  // namespace assay::cli
