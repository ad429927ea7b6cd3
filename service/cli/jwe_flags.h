// Flags that `assay encrypt`, `assay decrypt` and `assay keygen` share: names
// of JWE's algorithms, and how much work tokens may ask for.
#ifndef ASSAY_SERVICE_CLI_JWE_FLAGS_H_
#define ASSAY_SERVICE_CLI_JWE_FLAGS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/limits.h"
#include "core/jose/encryption_algorithm.h"

namespace assay::cli {

// "dir, A128KW, ..." and "A128CBC-HS256, ...": all that there are.
std::string KeyManagementNames();
std::string ContentAlgorithmNames();

// The algorithm of that name; exact and case-sensitive, as in a header. The
// error lists the names there are.
absl::StatusOr<jose::KeyManagement> ParseKeyManagement(absl::string_view name);
absl::StatusOr<jose::ContentAlgorithm> ParseContentAlgorithm(
    absl::string_view name);

// Adds --form: jwe (`*form`'s default is to be that) or jwe-json.
void AddJweFormFlag(CLI::App* app, std::string* form);
inline bool IsJweJson(absl::string_view form) { return form == "jwe-json"; }

// PBES2 iterations that the tokens of a run may cost together: some minutes of
// a processor, or 1 600 tokens of our own default.
inline constexpr uint64_t kDefaultPbes2Budget = 1'000'000'000;

// The bounds of encrypted tokens: they carry documents, so they are larger than
// what travels in a header of HTTP.
Limits JweLimits();

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_JWE_FLAGS_H_
