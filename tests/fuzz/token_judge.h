// Has tokens judged by the engine, and knows by itself what may be valid: the
// very pieces that a Mint has protected, with what they hold, and nothing else.
//
// Thread safety: none.
#ifndef ASSAY_TESTS_FUZZ_TOKEN_JUDGE_H_
#define ASSAY_TESTS_FUZZ_TOKEN_JUDGE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tests/fuzz/token_mint.h"

namespace assay::testing {

// What the engine says of a token.
struct Answer {
  bool is_valid = false;
  int reason = 0;       // Its number; no two forms share them.
  std::string content;  // Payload or plaintext; empty unless it is valid.
  std::string kid;      // That has signed, if the token names it; the same.
  size_t recipient = 0;

  friend bool operator==(const Answer& a, const Answer& b) {
    return a.is_valid == b.is_valid && a.reason == b.reason &&
           a.content == b.content && a.kid == b.kid &&
           a.recipient == b.recipient;
  }
};

// Who checks signatures.
enum class Checker : uint8_t { kKernels, kBoringSsl };

class Judge {
 public:
  // `mint` outlives this.
  explicit Judge(const Mint& mint);
  ~Judge();

  // The answers on a batch, in its order.
  std::vector<Answer> Ask(Form form, absl::string_view key_set, Checker checker,
                          absl::Span<const absl::string_view> batch) const;

  // Whether each kernel that this machine has for the mint's signatures has
  // judged some.
  bool HasUsedKernels() const;

  // Whether `answer`, which is valid, is what a token made by the mint deserves
  // there: its content, and the key that has signed it. Reads the token by
  // itself.
  bool IsDeserved(Form form, absl::string_view key_set, absl::string_view token,
                  const Answer& answer) const;

 private:
  struct Engine;

  const SignedPiece* FindSigned(absl::string_view header,
                                absl::string_view payload,
                                absl::string_view signature,
                                absl::string_view key_set) const;
  const SignedPiece* FindSigned(absl::string_view compact,
                                absl::string_view key_set) const;
  const SealedPiece* FindSealed(absl::string_view compact) const;
  bool IsDeservedJwsJson(absl::string_view key_set, absl::string_view token,
                         const Answer& answer) const;
  bool IsDeservedJweJson(absl::string_view token, const Answer& answer) const;
  bool IsDeservedNested(absl::string_view key_set, absl::string_view token,
                        const Answer& answer) const;

  const Mint& mint_;
  const std::unique_ptr<Engine> engine_;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_FUZZ_TOKEN_JUDGE_H_
