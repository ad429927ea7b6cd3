// Makes whole tokens of every form with keys of its own, honest ones and such
// as have an edited header or payload, and remembers what was protected: the
// measure for whatever is said to be valid later.
//
// Signatures, IVs and keys are random: the same choices make the same token
// but for these.
// Thread safety: none.
#ifndef ASSAY_TESTS_FUZZ_TOKEN_MINT_H_
#define ASSAY_TESTS_FUZZ_TOKEN_MINT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/crypto/signing_key.h"
#include "core/jose/algorithm.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/encryption_key.h"
#include "core/jose/jwk.h"
#include "core/keys/key_cache.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/header_edit.h"
#include "tests/fuzz/token_tree.h"

namespace assay::testing {

// Who can judge a token: each takes tokens of one form.
enum class Form : uint8_t { kJwt, kJws, kJwsJson, kJwe, kJweJson, kNested };
inline constexpr Form kAllForms[] = {Form::kJwt, Form::kJws,     Form::kJwsJson,
                                     Form::kJwe, Form::kJweJson, Form::kNested};

// Key sets: secrets and public keys never share one, nor do signatures and
// encryption.
inline constexpr absl::string_view kSecrets = "secrets";
inline constexpr absl::string_view kPublic = "public";
inline constexpr absl::string_view kRecipients = "recipients";
// Layers that a nested token may have where it is judged.
inline constexpr int kNestedLayers = 3;

// What one signature is of, encoded as in the token.
struct SignedPiece {
  std::string header, payload, signature;
  absl::string_view key_set, kid;  // Of the key.
  std::string content;
  Fate as_jwt = Fate::kValid;
  Fate as_jws = Fate::kValid;
};

// What one content encryption key authenticates, encoded as in the token.
struct SealedPiece {
  std::string header, aad, iv, ciphertext, tag;
  std::vector<std::string> encrypted_keys;  // A recipient's each.
  std::string content;
  Fate fate = Fate::kValid;
};

// The first choice is among so many makers of tokens.
inline constexpr size_t kNumMintedForms = 7;

struct MintedToken {
  Form form = Form::kJwt;
  absl::string_view key_set;  // That judges it.
  Node tree;
  std::string content;
  Fate fate = Fate::kValid;  // Of the tree as it is.
};

class Mint {
 public:
  Mint();

  void PublishKeys(keys::KeyCache* cache) const;

  // `may_edit`: the choices may also edit headers and payloads.
  MintedToken Make(bool may_edit, Choices* choices);

  const std::vector<SignedPiece>& signed_pieces() const { return signed_; }
  const std::vector<SealedPiece>& sealed_pieces() const { return sealed_; }
  // Remembers what was made until now for good, or forgets what came later.
  void Keep();
  void ForgetRest();

 private:
  struct Signer {
    jose::Jwk jwk;
    absl::string_view kid, key_set;
    jose::Algorithm alg;
    std::unique_ptr<const crypto::SigningKey> key;
  };
  struct Recipient {
    jose::Jwk jwk;
    absl::string_view kid;
    std::unique_ptr<const jose::EncryptionKey> key;
  };
  // Contents to protect, and what becomes of them as claims.
  struct Payload {
    std::string bytes;
    Fate as_jwt = Fate::kValid;
  };

  void AddSigner(absl::string_view kid, absl::string_view key_set,
                 jose::Algorithm alg);
  void AddRecipient(absl::string_view kid, jose::KeyManagement alg,
                    jose::ContentAlgorithm enc);
  const Recipient& ChooseRecipient(jose::ContentAlgorithm enc,
                                   Choices* choices) const;
  Payload MakePayload(bool may_edit, Choices* choices) const;

  // Both remember the piece and return it.
  const SignedPiece& Sign(const Signer& signer, const HeaderDraft& draft,
                          const Payload& payload);
  const SealedPiece& Seal(jose::ContentAlgorithm enc,
                          const crypto::ContentCipher& cipher,
                          const HeaderDraft& draft, absl::string_view aad,
                          absl::string_view content,
                          std::vector<std::string> encrypted_keys);

  MintedToken MakeCompactJws(bool may_edit, Choices* choices);
  MintedToken MakeFlattenedJws(bool may_edit, Choices* choices);
  MintedToken MakeGeneralJws(bool may_edit, Choices* choices);
  MintedToken MakeCompactJwe(bool may_edit, Choices* choices);
  MintedToken MakeFlattenedJwe(bool may_edit, Choices* choices);
  MintedToken MakeGeneralJwe(bool may_edit, Choices* choices);
  MintedToken MakeNested(bool may_edit, Choices* choices);
  MintedToken EncryptCompact(absl::string_view content, absl::string_view cty,
                             bool may_edit, Choices* choices);

  std::vector<Signer> signers_;
  std::vector<Recipient> recipients_;
  std::vector<SignedPiece> signed_;
  std::vector<SealedPiece> sealed_;
  size_t num_signed_kept_ = 0, num_sealed_kept_ = 0;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_FUZZ_TOKEN_MINT_H_
