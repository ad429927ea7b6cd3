// Headers as no honest signer writes them, to be signed or authenticated all
// the same, by a holder of the key: what may become of such a token is known
// beforehand.
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_TESTS_FUZZ_HEADER_EDIT_H_
#define ASSAY_TESTS_FUZZ_HEADER_EDIT_H_

#include <cstdint>
#include <string>

#include "absl/types/optional.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/token_tree.h"

namespace assay::testing {

// What a verifier or decrypter must make of a token.
enum class Fate : uint8_t {
  kRefused,  // It is never valid.
  kMay,      // It may be valid, with what it holds.
  kValid,    // It is valid.
};

struct HeaderDraft {
  bool is_encrypted = false;
  bool is_json = false;  // It may have an unprotected header beside it.
  Node header = Node::Object("protected", {});
  Node unprotected = Node::Object("header", {});
  Style style;
  absl::optional<std::string> instead;  // Text that is no rendered header.
  // Of what this header protects, wherever it is put.
  Fate fate = Fate::kValid;
  // That with such an unprotected header a token is refused, whatever other
  // signatures or recipients it has.
  bool refuses_token = false;

  std::string ProtectedText() const;
};

// Makes one edit, or none.
void EditHeader(Choices* choices, HeaderDraft* draft);

}  // namespace assay::testing

#endif  // ASSAY_TESTS_FUZZ_HEADER_EDIT_H_
