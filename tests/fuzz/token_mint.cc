#include "tests/fuzz/token_mint.h"

#include <algorithm>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/variant.h"
#include "core/base/limits.h"
#include "core/crypto/content_cipher.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/key_material.h"
#include "core/crypto/random.h"
#include "core/crypto/signature_scheme.h"
#include "core/jose/content_key.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwk_generation.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"

namespace assay::testing {
namespace {

using jose::ContentAlgorithm;
using jose::KeyManagement;

constexpr ContentAlgorithm kEncs[] = {ContentAlgorithm::kA128Gcm,
                                      ContentAlgorithm::kA128CbcHs256};

uint8_t* Data(std::string* bytes) {
  return reinterpret_cast<uint8_t*>(&(*bytes)[0]);
}

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) std::abort();
  return *std::move(value);
}

void OrDie(const absl::Status& status) {
  if (!status.ok()) std::abort();
}

jose::EncryptOptions OptionsFor(ContentAlgorithm enc) {
  jose::EncryptOptions options;
  options.enc = enc;
  return options;
}

// What a recipient is told: alg, kid and what the alg needs.
std::vector<Node> RecipientMembers(KeyManagement alg, absl::string_view kid,
                                   const jose::KeyParameters& parameters) {
  std::vector<Node> members = {Node::Text("alg", jose::AlgorithmName(alg)),
                               Node::Text("kid", kid)};
  if (parameters.epk.has_value()) {
    const auto& epk = absl::get<crypto::EcKey>(*parameters.epk);
    members.push_back(Node::Object(
        "epk", {Node::Text("kty", "EC"), Node::Text("crv", "P-256"),
                Node::Text("x", Base64UrlEncode(epk.x)),
                Node::Text("y", Base64UrlEncode(epk.y))}));
  }
  return members;
}

void Append(std::vector<Node> members, Node* object) {
  for (Node& member : members) object->children.push_back(std::move(member));
}

// Adds a member whose value is in base64url, unless it is empty.
void AppendFilled(absl::string_view name, absl::string_view encoded,
                  Node* object) {
  if (!encoded.empty()) object->children.push_back(Node::Text(name, encoded));
}

void AppendHeader(const HeaderDraft& draft, Node* object) {
  if (!draft.unprotected.children.empty()) {
    object->children.push_back(draft.unprotected);
  }
}

// A JWE in JSON but for its recipients.
Node ContentMembers(const SealedPiece& piece) {
  Node object = Node::Object("", {});
  AppendFilled("protected", piece.header, &object);
  AppendFilled("aad", piece.aad, &object);
  object.children.push_back(Node::Text("iv", piece.iv));
  object.children.push_back(Node::Text("ciphertext", piece.ciphertext));
  object.children.push_back(Node::Text("tag", piece.tag));
  return object;
}

Fate FateOf(const HeaderDraft& draft) {
  return draft.refuses_token ? Fate::kRefused : draft.fate;
}

}  // namespace

Mint::Mint() {
  AddSigner("hs", kSecrets, jose::Algorithm::kHs256);
  AddSigner("es", kPublic, jose::Algorithm::kEs256);
  AddSigner("ed", kPublic, jose::Algorithm::kEdDsa);
  for (const ContentAlgorithm enc : kEncs) {
    AddRecipient(enc == ContentAlgorithm::kA128Gcm ? "d16" : "d32",
                 KeyManagement::kDir, enc);
  }
  AddRecipient("kw", KeyManagement::kA128Kw, kEncs[0]);
  AddRecipient("ec", KeyManagement::kEcdhEsA128Kw, kEncs[0]);
}

void Mint::AddSigner(absl::string_view kid, absl::string_view key_set,
                     jose::Algorithm alg) {
  Signer signer{OrDie(jose::GenerateJwk(alg, kid, 0)), kid, key_set, alg, {}};
  signer.key = OrDie(crypto::SigningKey::Create(signer.jwk.material,
                                                Limits().max_rsa_modulus_bits));
  signers_.push_back(std::move(signer));
}

void Mint::AddRecipient(absl::string_view kid, KeyManagement alg,
                        ContentAlgorithm enc) {
  jose::EncryptionKeyShape shape;
  shape.enc = enc;
  Recipient recipient{OrDie(jose::GenerateEncryptionJwk(alg, shape, kid)), kid,
                      nullptr};
  recipient.key = OrDie(jose::EncryptionKey::Create(
      alg, recipient.jwk.material, Limits().max_rsa_modulus_bits));
  recipients_.push_back(std::move(recipient));
}

void Mint::PublishKeys(keys::KeyCache* cache) const {
  const auto publish = [cache](absl::string_view name, keys::KeySetUse use,
                               jose::JwkSet jwks) {
    cache->Publish(
        OrDie(keys::KeySet::Create(name, use, std::move(jwks), {}, Limits())));
  };
  for (const absl::string_view name : {kSecrets, kPublic}) {
    jose::JwkSet jwks;
    for (const Signer& signer : signers_) {
      if (signer.key_set == name) {
        jwks.keys.push_back(jose::CloneJwk(signer.jwk));
      }
    }
    publish(name, keys::KeySetUse::kVerify, std::move(jwks));
  }
  jose::JwkSet jwks;
  for (const Recipient& recipient : recipients_) {
    jwks.keys.push_back(jose::CloneJwk(recipient.jwk));
  }
  publish(kRecipients, keys::KeySetUse::kDecrypt, std::move(jwks));
}

void Mint::Keep() {
  num_signed_kept_ = signed_.size();
  num_sealed_kept_ = sealed_.size();
}

void Mint::ForgetRest() {
  signed_.erase(signed_.begin() + static_cast<std::ptrdiff_t>(num_signed_kept_),
                signed_.end());
  sealed_.erase(sealed_.begin() + static_cast<std::ptrdiff_t>(num_sealed_kept_),
                sealed_.end());
}

Mint::Payload Mint::MakePayload(bool may_edit, Choices* choices) const {
  const Payload payloads[] = {{R"({"sub":"joe","n":7})", Fate::kValid},
                              {R"({"iss":"me","aud":["you"]})", Fate::kValid},
                              {"plain text", Fate::kRefused},
                              {R"({"a":1,"a":2})", Fate::kRefused},
                              {R"({"exp":1})", Fate::kRefused},
                              {R"({"exp":"9"})", Fate::kRefused},
                              {R"([{"sub":"joe"}])", Fate::kRefused},
                              {R"({"sub":1})", Fate::kMay}};
  // The first two are nobody's edit.
  return payloads[choices->Below(may_edit ? 8 : 2)];
}

const SignedPiece& Mint::Sign(const Signer& signer, const HeaderDraft& draft,
                              const Payload& payload) {
  SignedPiece piece;
  piece.header = Base64UrlEncode(draft.ProtectedText());
  piece.payload = Base64UrlEncode(payload.bytes);
  piece.key_set = signer.key_set;
  piece.kid = signer.kid;
  piece.content = payload.bytes;
  piece.as_jws = draft.fate;
  piece.as_jwt = std::min(draft.fate, payload.as_jwt);
  const crypto::SignatureScheme scheme = jose::InfoOf(signer.alg).scheme;
  std::string signature(signer.key->SignatureLen(scheme), '\0');
  if (!signer.key->Sign(scheme, absl::StrCat(piece.header, ".", piece.payload),
                        Data(&signature))) {
    std::abort();
  }
  piece.signature = Base64UrlEncode(signature);
  signed_.push_back(std::move(piece));
  return signed_.back();
}

const SealedPiece& Mint::Seal(ContentAlgorithm enc,
                              const crypto::ContentCipher& cipher,
                              const HeaderDraft& draft, absl::string_view aad,
                              absl::string_view content,
                              std::vector<std::string> encrypted_keys) {
  const crypto::ContentEncryption encryption = jose::InfoOf(enc).encryption;
  std::string iv(crypto::IvLen(encryption), '\0');
  std::string tag(crypto::TagLen(encryption), '\0');
  std::string ciphertext(cipher.CiphertextLen(content.size()), '\0');
  crypto::RandomBytes(Data(&iv), iv.size());
  SealedPiece piece;
  piece.header = Base64UrlEncode(draft.ProtectedText());
  if (!aad.empty()) piece.aad = Base64UrlEncode(aad);
  const std::string authenticated =
      aad.empty() ? piece.header : absl::StrCat(piece.header, ".", piece.aad);
  if (!cipher.Seal(iv, authenticated, content, Data(&ciphertext), Data(&tag))) {
    std::abort();
  }
  piece.iv = Base64UrlEncode(iv);
  piece.ciphertext = Base64UrlEncode(ciphertext);
  piece.tag = Base64UrlEncode(tag);
  piece.encrypted_keys = std::move(encrypted_keys);
  piece.content = std::string(content);
  piece.fate = draft.fate;
  sealed_.push_back(std::move(piece));
  return sealed_.back();
}

MintedToken Mint::Make(bool may_edit, Choices* choices) {
  using Maker = MintedToken (Mint::*)(bool, Choices*);
  constexpr Maker kMakers[] = {&Mint::MakeCompactJws,   &Mint::MakeFlattenedJws,
                               &Mint::MakeGeneralJws,   &Mint::MakeCompactJwe,
                               &Mint::MakeFlattenedJwe, &Mint::MakeGeneralJwe,
                               &Mint::MakeNested};
  static_assert(sizeof(kMakers) / sizeof(kMakers[0]) == kNumMintedForms);
  return (this->*choices->OneOf(kMakers))(may_edit, choices);
}

namespace {

// The header of a signature with `alg` by the key `kid`, or an edited one.
HeaderDraft SignedHeader(jose::Algorithm alg, absl::string_view kid,
                         bool is_json, bool may_edit, Choices* choices) {
  HeaderDraft draft;
  draft.is_json = is_json;
  draft.header.children = {Node::Text("alg", jose::AlgorithmName(alg)),
                           Node::Text("kid", kid)};
  if (is_json && choices->Below(2) == 1) {
    draft.unprotected.children.push_back(Node::Text("note", "free"));
  }
  if (may_edit && choices->Below(2) == 1) EditHeader(choices, &draft);
  return draft;
}

}  // namespace

MintedToken Mint::MakeCompactJws(bool may_edit, Choices* choices) {
  MintedToken token;
  token.form = choices->Below(2) == 0 ? Form::kJwt : Form::kJws;
  const Signer& signer = signers_[choices->Below(signers_.size())];
  const Payload payload = MakePayload(may_edit, choices);
  const HeaderDraft draft = SignedHeader(signer.alg, signer.kid,
                                         /*is_json=*/false, may_edit, choices);
  const SignedPiece& piece = Sign(signer, draft, payload);
  token.key_set = signer.key_set;
  token.tree = Node::Compact({piece.header, piece.payload, piece.signature});
  token.content = payload.bytes;
  token.fate = token.form == Form::kJwt ? piece.as_jwt : piece.as_jws;
  return token;
}

namespace {

// What a JWS in JSON says of one signature.
Node SignatureMembers(const SignedPiece& piece, const HeaderDraft& draft) {
  Node object = Node::Object("", {});
  AppendFilled("protected", piece.header, &object);
  AppendHeader(draft, &object);
  object.children.push_back(Node::Text("signature", piece.signature));
  return object;
}

}  // namespace

MintedToken Mint::MakeFlattenedJws(bool may_edit, Choices* choices) {
  const Signer& signer = signers_[choices->Below(signers_.size())];
  const Payload payload = MakePayload(may_edit, choices);
  const HeaderDraft draft = SignedHeader(signer.alg, signer.kid,
                                         /*is_json=*/true, may_edit, choices);
  const SignedPiece& piece = Sign(signer, draft, payload);
  MintedToken token;
  token.form = Form::kJwsJson;
  token.key_set = signer.key_set;
  token.tree = SignatureMembers(piece, draft);
  token.tree.children.push_back(Node::Text("payload", piece.payload));
  token.content = payload.bytes;
  token.fate = FateOf(draft);
  return token;
}

MintedToken Mint::MakeGeneralJws(bool may_edit, Choices* choices) {
  const Payload payload = MakePayload(may_edit, choices);
  MintedToken token;
  token.form = Form::kJwsJson;
  token.key_set = kPublic;
  token.content = payload.bytes;
  token.fate = Fate::kRefused;
  Node signatures = Node::Array("signatures", {});
  std::string encoded;
  bool refuses_token = false;
  bool is_edited = false;
  for (const Signer& signer : signers_) {
    if (signer.key_set != kPublic) continue;
    const HeaderDraft draft = SignedHeader(signer.alg, signer.kid,
                                           /*is_json=*/true, may_edit, choices);
    const SignedPiece& piece = Sign(signer, draft, payload);
    signatures.children.push_back(SignatureMembers(piece, draft));
    encoded = piece.payload;
    token.fate = std::max(token.fate, draft.fate);
    refuses_token |= draft.refuses_token;
    is_edited |= draft.fate != Fate::kValid;
  }
  // One good signature suffices; but what is said of b64 concerns all.
  if (is_edited) token.fate = std::min(token.fate, Fate::kMay);
  if (refuses_token) token.fate = Fate::kRefused;
  token.tree = Node::Object("", {Node::Text("payload", encoded), signatures});
  return token;
}

// One that serves `enc`.
const Mint::Recipient& Mint::ChooseRecipient(ContentAlgorithm enc,
                                             Choices* choices) const {
  std::vector<const Recipient*> fit;
  for (const Recipient& recipient : recipients_) {
    if (recipient.key->Serves(enc)) fit.push_back(&recipient);
  }
  return *fit[choices->Below(fit.size())];
}

MintedToken Mint::EncryptCompact(absl::string_view content,
                                 absl::string_view cty, bool may_edit,
                                 Choices* choices) {
  const ContentAlgorithm enc = choices->OneOf(kEncs);
  const Recipient& recipient = ChooseRecipient(enc, choices);
  jose::IterationBudget budget(0);
  jose::ContentKey key;
  jose::KeyParameters parameters;
  OrDie(recipient.key->MakeContentKey(OptionsFor(enc), &budget, &key,
                                      &parameters));
  HeaderDraft draft;
  draft.is_encrypted = true;
  draft.header.children =
      RecipientMembers(recipient.key->alg(), recipient.kid, parameters);
  draft.header.children.push_back(Node::Text("enc", jose::AlgorithmName(enc)));
  if (!cty.empty()) draft.header.children.push_back(Node::Text("cty", cty));
  if (may_edit && choices->Below(2) == 1) EditHeader(choices, &draft);
  const SealedPiece& piece = Seal(enc, *key.cipher(), draft, "", content,
                                  {Base64UrlEncode(parameters.encrypted_key)});
  MintedToken token;
  token.form = Form::kJwe;
  token.key_set = kRecipients;
  token.tree = Node::Compact({piece.header, piece.encrypted_keys[0], piece.iv,
                              piece.ciphertext, piece.tag});
  token.content = std::string(content);
  token.fate = piece.fate;
  return token;
}

MintedToken Mint::MakeCompactJwe(bool may_edit, Choices* choices) {
  const Payload payload = MakePayload(may_edit, choices);
  return EncryptCompact(payload.bytes, "", may_edit, choices);
}

MintedToken Mint::MakeFlattenedJwe(bool may_edit, Choices* choices) {
  const Payload payload = MakePayload(may_edit, choices);
  const ContentAlgorithm enc = choices->OneOf(kEncs);
  const Recipient& recipient = ChooseRecipient(enc, choices);
  jose::IterationBudget budget(0);
  jose::ContentKey key;
  jose::KeyParameters parameters;
  OrDie(recipient.key->MakeContentKey(OptionsFor(enc), &budget, &key,
                                      &parameters));
  HeaderDraft draft;
  draft.is_encrypted = draft.is_json = true;
  draft.header.children = {Node::Text("enc", jose::AlgorithmName(enc))};
  const bool is_protected = choices->Below(2) == 0;
  Append(RecipientMembers(recipient.key->alg(), recipient.kid, parameters),
         is_protected ? &draft.header : &draft.unprotected);
  const absl::string_view aad = choices->Below(2) == 0 ? "" : "for all to see";
  if (may_edit && choices->Below(2) == 1) EditHeader(choices, &draft);
  const SealedPiece& piece = Seal(enc, *key.cipher(), draft, aad, payload.bytes,
                                  {Base64UrlEncode(parameters.encrypted_key)});
  MintedToken token;
  token.form = Form::kJweJson;
  token.key_set = kRecipients;
  token.tree = ContentMembers(piece);
  AppendFilled("encrypted_key", piece.encrypted_keys[0], &token.tree);
  AppendHeader(draft, &token.tree);
  token.content = payload.bytes;
  token.fate = FateOf(draft);
  return token;
}

MintedToken Mint::MakeGeneralJwe(bool may_edit, Choices* choices) {
  const Payload payload = MakePayload(may_edit, choices);
  const ContentAlgorithm enc = choices->OneOf(kEncs);
  std::string cek(crypto::CekLen(jose::InfoOf(enc).encryption), '\0');
  crypto::RandomBytes(Data(&cek), cek.size());
  const jose::ContentKey key = jose::ContentKey::Own(enc, cek);
  Node list = Node::Array("recipients", {});
  std::vector<std::string> encrypted_keys;
  for (const Recipient& recipient : recipients_) {
    if (!jose::HasEncryptedKey(recipient.key->alg())) continue;
    jose::IterationBudget budget(0);
    jose::KeyParameters parameters;
    OrDie(recipient.key->WrapSharedKey(OptionsFor(enc), &budget, cek,
                                       &parameters));
    encrypted_keys.push_back(Base64UrlEncode(parameters.encrypted_key));
    list.children.push_back(Node::Object(
        "",
        {Node::Object("header", RecipientMembers(recipient.key->alg(),
                                                 recipient.kid, parameters)),
         Node::Text("encrypted_key", encrypted_keys.back())}));
  }
  HeaderDraft draft;
  draft.is_encrypted = draft.is_json = true;
  draft.unprotected.name = "unprotected";
  draft.header.children = {Node::Text("enc", jose::AlgorithmName(enc))};
  const absl::string_view aad = choices->Below(2) == 0 ? "" : "for all to see";
  if (may_edit && choices->Below(2) == 1) EditHeader(choices, &draft);
  const SealedPiece& piece = Seal(enc, *key.cipher(), draft, aad, payload.bytes,
                                  std::move(encrypted_keys));
  MintedToken token;
  token.form = Form::kJweJson;
  token.key_set = kRecipients;
  token.tree = ContentMembers(piece);
  token.tree.children.push_back(std::move(list));
  AppendHeader(draft, &token.tree);
  token.content = payload.bytes;
  token.fate = FateOf(draft);
  return token;
}

// Signed and then encrypted, and perhaps signed again.
MintedToken Mint::MakeNested(bool may_edit, Choices* choices) {
  const MintedToken inner = MakeCompactJws(may_edit, choices);
  MintedToken token =
      EncryptCompact(Render(inner.tree), "JWT", may_edit, choices);
  token.fate = std::min(token.fate, signed_.back().as_jwt);
  if (choices->Rarely()) {
    // By a key of the same set, which judges both.
    const auto signer = std::find_if(
        signers_.begin(), signers_.end(),
        [&](const Signer& one) { return one.key_set == inner.key_set; });
    HeaderDraft draft = SignedHeader(signer->alg, signer->kid,
                                     /*is_json=*/false, may_edit, choices);
    if (draft.header.Find("cty") == nullptr) {
      draft.header.children.push_back(Node::Text("cty", "JWT"));
    }
    const SignedPiece& piece =
        Sign(*signer, draft, {Render(token.tree), Fate::kRefused});
    token.tree = Node::Compact({piece.header, piece.payload, piece.signature});
    token.fate = std::min(token.fate, piece.as_jws);
  }
  token.form = Form::kNested;
  token.key_set = inner.key_set;
  token.content = inner.content;
  return token;
}

}  // namespace assay::testing
