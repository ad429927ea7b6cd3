// Judges the claims of a token whose signature has been verified (RFC 7519 4,
// RFC 8725 3). Pure: the moment is a parameter.
#ifndef ASSAY_CORE_JOSE_CLAIMS_VALIDATOR_H_
#define ASSAY_CORE_JOSE_CLAIMS_VALIDATOR_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/reason.h"
#include "core/jose/header.h"
#include "core/jose/policy.h"
#include "core/json/members.h"

namespace assay::jose {

// kValid, kTypeMissing or kTypeMismatch.
Reason JudgeType(const ProtectedHeader& header, const Policy& policy);

// Whether `typ` is one of the policy's types_if_any.
bool IsTypeAmong(absl::string_view typ, const Policy& policy);

// Whether `value` is a NumericDate (RFC 7519 2), and then the moment. Moments
// beyond what absl::Time holds become its infinities, so that no arithmetic on
// them can overflow.
bool IsNumericDate(const json::Value& value);
absl::Time ToTime(const json::Value& date);

// Judges claims at one moment by one policy: made once for a batch.
//
// Every registered claim that is present must have its type, whether or not the
// policy asks about it: iss, sub, jti strings; aud a string or a list of
// strings; exp, nbf, iat numbers (fractions are legal; a NumericDate is
// compared without overflow). Order of judgement, which decides the reason
// where several apply: types, exp, nbf, max age, iss, aud, sub, required.
// An absent sub is kClaimMissing where the policy names a subject.
// Expired when now >= exp + skew; not yet valid when now < nbf - skew.
class ClaimsJudge {
 public:
  // `policy` outlives the judge; its as_of has been applied to `now`.
  ClaimsJudge(const Policy& policy, absl::Time now)
      : policy_(policy),
        now_(now),
        earliest_now_(now - policy.clock_skew),
        latest_now_(now + policy.clock_skew) {}

  Reason Judge(const json::Members& claims) const;

 private:
  // A time that NumericDates are compared with.
  class Moment {
   public:
    explicit Moment(absl::Time time)
        : time_(time), whole_seconds_(absl::ToUnixSeconds(time)) {}
    bool IsBefore(const json::Value& date) const;

   private:
    const absl::Time time_;
    const int64_t whole_seconds_;  // Rounded down: enough for whole dates.
  };

  // Null: there is no such claim. Else it is a number.
  Reason JudgeTimes(const json::Value* exp, const json::Value* nbf,
                    const json::Value* iat) const;
  Reason JudgeAge(const json::Value* iat) const;

  const Policy& policy_;
  const absl::Time now_;
  // What it may be elsewhere, by the policy's skew.
  const Moment earliest_now_, latest_now_;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_CLAIMS_VALIDATOR_H_
