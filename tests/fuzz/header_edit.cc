#include "tests/fuzz/header_edit.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace assay::testing {
namespace {

constexpr absl::string_view kAlgs[] = {
    "none",   "HS256",  "ES256",    "EdDSA",          "Ed25519",
    "RS256",  "nOnE",   "dir",      "A128KW",         "ECDH-ES",
    "RSA1_5", "",       "es256",    "ECDH-ES+A128KW", "HS384",
    "ES384",  "A256KW", "RSA-OAEP", "ES256 ",         "PBES2-HS256+A128KW"};
constexpr absl::string_view kEncs[] = {
    "A128GCM", "A256GCM", "A128CBC-HS256", "A256CBC-HS512",
    "",        "a128gcm", "A128GCM ",      "none"};
constexpr absl::string_view kKids[] = {"", "nobody", "es ", "ES"};
// None is a list of extensions that are there.
constexpr absl::string_view kCrits[] = {
    R"(["x"])",   "[]",      R"(["alg"])", R"(["exp","exp"])",
    R"(["b64"])", "\"alg\"", "[[]]",       R"([""])",
    "null",       "{}",      R"(["kid"])", R"(["enc"])",
    R"(["zip"])", R"([1])"};
constexpr absl::string_view kWrongTypes[] = {"1", "null", "[\"dir\"]", "{}",
                                             "true"};
constexpr absl::string_view kTypes[] = {"JWT", "JWE",      "application/jwt",
                                        "",    "jwk+json", "at+jwt"};

void Add(absl::string_view name, absl::string_view json, HeaderDraft* draft) {
  draft->header.children.push_back(Node::Raw(name, json));
}

// Sets `name` to a text: of a header that names it already, only there.
void Set(absl::string_view name, absl::string_view text, HeaderDraft* draft) {
  draft->header.Remove(name);
  draft->header.children.push_back(Node::Text(name, text));
}

// What `name` is in the protected header; empty if it is not there.
std::string TextOf(absl::string_view name, HeaderDraft* draft) {
  const Node* node = draft->header.Find(name);
  return node == nullptr ? "" : node->text;
}

Fate AddUnknownMember(Choices*, HeaderDraft* draft) {
  Add("x", R"({"y":[1,{"z":null}]})", draft);
  return Fate::kValid;
}

Fate ChangeStyle(Choices* choices, HeaderDraft* draft) {
  draft->style.has_spaces = choices->Below(2) == 0;
  draft->style.has_escapes = choices->Below(2) == 0;
  return Fate::kValid;
}

Fate DoubleMember(Choices* choices, HeaderDraft* draft) {
  auto& members = draft->header.children;
  if (members.empty()) return Fate::kMay;
  Node twin = members[choices->Below(members.size())];
  if (choices->Below(2) == 1) twin.text = "x";
  members.insert(members.begin() + static_cast<std::ptrdiff_t>(
                                       choices->Below(members.size() + 1)),
                 twin);
  return Fate::kRefused;
}

Fate ChangeAlg(Choices* choices, HeaderDraft* draft) {
  const std::string own = TextOf("alg", draft);
  const absl::string_view alg = choices->OneOf(kAlgs);
  Set("alg", alg, draft);
  // RFC 9864: one algorithm, two names.
  const bool is_same = own == "EdDSA" && alg == "Ed25519";
  // A JWE in JSON may have named it elsewhere.
  return is_same || own == alg || own.empty() ? Fate::kMay : Fate::kRefused;
}

Fate ChangeEnc(Choices* choices, HeaderDraft* draft) {
  const std::string own = TextOf("enc", draft);
  const absl::string_view enc = choices->OneOf(kEncs);
  Set("enc", enc, draft);
  if (!draft->is_encrypted) return Fate::kMay;
  return own == enc ? Fate::kValid : Fate::kRefused;
}

Fate DropMember(Choices* choices, HeaderDraft* draft) {
  auto& members = draft->header.children;
  if (members.empty()) return Fate::kMay;
  const std::string name = members[choices->Below(members.size())].name;
  draft->header.Remove(name);
  // It can be added to another header, which need not be protected.
  if (draft->is_encrypted && draft->is_json) return Fate::kMay;
  return name == "alg" || name == "enc" || name == "epk" ? Fate::kRefused
                                                         : Fate::kMay;
}

Fate ChangeKid(Choices* choices, HeaderDraft* draft) {
  Set("kid", choices->OneOf(kKids), draft);
  return Fate::kRefused;
}

Fate AddCrit(Choices* choices, HeaderDraft* draft) {
  if (choices->Below(2) == 0) {
    Add("crit", R"(["x"])", draft);
    Add("x", "1", draft);
  } else {
    Add("crit", choices->OneOf(kCrits), draft);
  }
  return Fate::kRefused;
}

// RFC 7797: where the payload is encoded and the policy says so.
Fate AddB64(Choices* choices, HeaderDraft* draft) {
  const bool is_false = choices->Below(2) == 0;
  Add("b64", is_false ? "false" : "true", draft);
  const bool is_critical = choices->Below(2) == 0;
  if (is_critical) Add("crit", R"(["b64"])", draft);
  if (draft->is_encrypted) return is_critical ? Fate::kRefused : Fate::kMay;
  return is_false || !is_critical ? Fate::kRefused : Fate::kMay;
}

Fate AddZip(Choices* choices, HeaderDraft* draft) {
  Add("zip", choices->Below(2) == 0 ? "\"DEF\"" : "\"GZIP\"", draft);
  return draft->is_encrypted ? Fate::kRefused : Fate::kMay;
}

Fate AddKey(Choices* choices, HeaderDraft* draft) {
  switch (choices->Below(4)) {
    case 0:
      Add("jwk", R"({"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAA"})", draft);
      break;
    case 1:
      Add("jku", R"("https://example.com/keys")", draft);
      break;
    case 2:
      Add("x5c", R"(["AAAA"])", draft);
      break;
    case 3:
      Add("epk", R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})", draft);
      break;
  }
  return Fate::kMay;
}

Fate MistypeMember(Choices* choices, HeaderDraft* draft) {
  constexpr absl::string_view kTyped[] = {"alg", "kid", "enc"};
  const absl::string_view name = choices->OneOf(kTyped);
  Node* const member = draft->header.Find(name);
  if (member == nullptr) return Fate::kMay;
  *member = Node::Raw(name, choices->OneOf(kWrongTypes));
  return Fate::kRefused;
}

Fate NestDeeply(Choices* choices, HeaderDraft* draft) {
  const size_t depth = 1 + choices->Below(64);
  Add("deep", absl::StrCat(std::string(depth, '['), std::string(depth, ']')),
      draft);
  return depth > 16 ? Fate::kRefused : Fate::kMay;
}

Fate WriteNoObject(Choices* choices, HeaderDraft* draft) {
  const std::string good = Render(draft->header);
  const std::string texts[] = {"",
                               "[]",
                               absl::StrCat("[", good, "]"),
                               absl::StrCat(good, "x"),
                               absl::StrCat(good, good),
                               absl::StrCat("\xef\xbb\xbf", good),
                               absl::StrCat(good, std::string(1, '\0')),
                               absl::StrCat("{\"x\":\"\xff\",", good.substr(1)),
                               good.substr(0, good.size() - 1)};
  draft->instead = choices->OneOf(texts);
  // That of a JWE in JSON may be all unprotected.
  return draft->instead->empty() && draft->is_encrypted ? Fate::kMay
                                                        : Fate::kRefused;
}

Fate ChangeCty(Choices* choices, HeaderDraft* draft) {
  Set("cty", choices->OneOf(kTypes), draft);
  return Fate::kMay;
}

Fate ChangeTyp(Choices* choices, HeaderDraft* draft) {
  Set("typ", choices->OneOf(kTypes), draft);
  return Fate::kMay;
}

// From the protected header into the other, or into both.
Fate MoveToUnprotected(Choices* choices, HeaderDraft* draft) {
  auto& members = draft->header.children;
  if (!draft->is_json || members.empty()) return Fate::kMay;
  const Node moved = members[choices->Below(members.size())];
  draft->unprotected.children.push_back(moved);
  if (choices->Below(2) == 0) {
    draft->refuses_token = true;
    return Fate::kMay;
  }
  draft->header.Remove(moved.name);
  return moved.name == "alg" && !draft->is_encrypted ? Fate::kRefused
                                                     : Fate::kMay;
}

// What counts in a protected header only.
Fate AddUnprotected(Choices* choices, HeaderDraft* draft) {
  if (!draft->is_json) return Fate::kMay;
  const Node nodes[] = {
      Node::Raw("crit", R"(["x"])"),
      draft->is_encrypted ? Node::Text("zip", "DEF") : Node::Raw("b64", "true"),
      Node::Raw("crit", "[]")};
  draft->unprotected.children.push_back(choices->OneOf(nodes));
  draft->refuses_token = true;
  return Fate::kMay;
}

Fate DoAnything(Choices* choices, HeaderDraft* draft) {
  const Node copy = draft->header;
  Damage(copy, choices, &draft->header);
  return Fate::kMay;
}

using Edit = Fate (*)(Choices* choices, HeaderDraft* draft);
// cty twice: a nested token's layers depend on it alone.
constexpr Edit kEdits[] = {
    &AddUnknownMember, &ChangeStyle,   &DoubleMember,
    &ChangeAlg,        &ChangeEnc,     &DropMember,
    &ChangeKid,        &AddCrit,       &AddB64,
    &AddZip,           &AddKey,        &MistypeMember,
    &NestDeeply,       &WriteNoObject, &MoveToUnprotected,
    &AddUnprotected,   &ChangeCty,     &ChangeCty,
    &ChangeTyp,        &DoAnything};

}  // namespace

std::string HeaderDraft::ProtectedText() const {
  if (instead.has_value()) return *instead;
  // RFC 7516 7.2.1: no member where there is no protected header.
  return header.children.empty() ? "" : Render(header, style);
}

void EditHeader(Choices* choices, HeaderDraft* draft) {
  draft->fate = choices->OneOf(kEdits)(choices, draft);
}

}  // namespace assay::testing
