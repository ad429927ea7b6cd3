// Project Wycheproof's vectors for the primitives, as BoringSSL ships them,
// through VerifyingKey. Where this project is stricter than the file, the rule
// is in ExpectedVerdict or in RulesRefuseKey, and no single case is excepted.
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "core/crypto/key_encoding.h"
#include "core/crypto/verifying_key.h"
#include "core/json/reader.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

using Family = SignatureFamily;

std::string ReadVectorFile(absl::string_view name) {
  std::ifstream file(absl::StrCat(
      "../boringssl/src/third_party/wycheproof_testvectors/", name, ".json"));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The member's text, or "" if it is absent.
std::string Text(json::Object object, const char* name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) return "";
  return std::string(text);
}

std::string Bytes(json::Object object, const char* name) {
  return absl::HexStringToBytes(Text(object, name));
}

// The member's number, or -1 if it is absent.
int64_t Number(json::Object object, const char* name) {
  int64_t number = -1;
  if (object[name].get(number) != simdjson::SUCCESS) return -1;
  return number;
}

// The member's elements; none if it is absent.
std::vector<json::Element> List(json::Object object, const char* name) {
  json::Array array;
  if (object[name].get(array) != simdjson::SUCCESS) return {};
  std::vector<json::Element> elements;
  for (json::Element element : array) elements.push_back(element);
  return elements;
}

std::vector<json::Object> Objects(json::Object object, const char* name) {
  std::vector<json::Object> objects;
  for (json::Element element : List(object, name)) {
    objects.emplace_back();
    EXPECT_EQ(element.get(objects.back()), simdjson::SUCCESS);
  }
  return objects;
}

bool HasFlag(json::Object test, std::string_view flag) {
  for (json::Element element : List(test, "flags")) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS && text == flag) return true;
  }
  return false;
}

absl::optional<Hash> HashNamed(absl::string_view name) {
  if (name == "SHA-256") return Hash::kSha256;
  if (name == "SHA-384") return Hash::kSha384;
  if (name == "SHA-512") return Hash::kSha512;
  return absl::nullopt;
}

struct Counts {
  int cases = 0;     // run through Verify
  int accepted = 0;  // of these
  int refused = 0;   // cases whose key is refused, as it should be
  int skipped = 0;   // cases of hashes that JOSE does not have
};

// What `group` says of the scheme, with a hash of ours.
struct Context {
  SignatureScheme scheme;
  json::Object group;
};

// Whether our rules leave a signature that the file calls good standing.
bool OurRulesAllow(const Context& context, const VerifyingKey& key) {
  const Hash hash = context.scheme.hash;
  const auto bits = static_cast<int64_t>(HashLen(hash) * 8);
  switch (context.scheme.family) {
    case Family::kHmac:  // RFC 7518 3.2: whole tags, no short secrets.
      return Number(context.group, "tagSize") == bits &&
             Number(context.group, "keySize") >= bits;
    case Family::kRsaPss:  // RFC 7518 3.5.
      return Number(context.group, "sLen") * 8 == bits &&
             HashNamed(Text(context.group, "mgfSha")) == hash;
    case Family::kEcdsa:  // RFC 7518 3.4: one hash for each curve.
      return key.Supports(context.scheme);
    default:
      return true;
  }
}

// A file for another salt length calls wrong what has ours.
bool IsOfOurSaltAfterAll(const Context& context, json::Object test) {
  return context.scheme.family == Family::kRsaPss &&
         Text(test, "comment") ==
             absl::StrCat("s_len changed to ", HashLen(context.scheme.hash));
}

bool ExpectedVerdict(const Context& context, const VerifyingKey& key,
                     json::Object test) {
  if (!OurRulesAllow(context, key)) return IsOfOurSaltAfterAll(context, test);
  const std::string result = Text(test, "result");
  if (result != "acceptable") return result == "valid";
  // Signatures of another length, and PKCS#1 without the NULL, are refused; an
  // exponent of 3 is allowed.
  return !HasFlag(test, "SigSize") && !HasFlag(test, "MissingNull");
}

// Whether our rules refuse the group's key.
bool RulesRefuseKey(json::Object group) {
  const int64_t rsa_bits = Number(group, "keysize");
  if (rsa_bits != -1) return rsa_bits < 2048;
  json::Object key;
  if (group["key"].get(key) != simdjson::SUCCESS) return false;
  return Text(key, "curve") == "secp256k1";
}

absl::StatusOr<std::unique_ptr<VerifyingKey>> MakeKey(json::Object group) {
  auto material = ParseDerKey(Bytes(group, "keyDer"));
  if (!material.ok()) return material.status();
  return VerifyingKey::Create(*material, 8192);
}

void RunCase(const Context& context, const VerifyingKey& key, json::Object test,
             const char* signature_name, Counts* counts) {
  const bool valid = key.Verify(context.scheme, Bytes(test, "msg"),
                                Bytes(test, signature_name));
  EXPECT_EQ(valid, ExpectedVerdict(context, key, test))
      << "tcId " << Number(test, "tcId") << " " << Text(test, "comment");
  ++counts->cases;
  counts->accepted += valid;
}

void RunHmacGroup(const Context& context,
                  const std::vector<json::Object>& tests, Counts* counts) {
  for (json::Object test : tests) {
    auto key = VerifyingKey::Create(
        SymmetricKey{SecretBytes(Bytes(test, "key"))}, 8192);
    ASSERT_TRUE(key.ok()) << key.status();
    RunCase(context, **key, test, "tag", counts);
  }
}

void RunGroup(const Context& context, Counts* counts) {
  const std::vector<json::Object> tests = Objects(context.group, "tests");
  if (context.scheme.family == Family::kHmac) {
    return RunHmacGroup(context, tests, counts);
  }
  auto key = MakeKey(context.group);
  ASSERT_EQ(key.ok(), !RulesRefuseKey(context.group)) << key.status();
  if (!key.ok()) {
    counts->refused += static_cast<int>(tests.size());
    return;
  }
  for (json::Object test : tests) {
    RunCase(context, **key, test, "sig", counts);
  }
}

// `hash` is for files whose groups name none.
void RunFile(absl::string_view name, Family family, Hash hash, Counts* counts) {
  const std::string text = ReadVectorFile(name);
  ASSERT_FALSE(text.empty()) << name;
  json::Reader reader(32);
  json::Object root;
  ASSERT_EQ(reader.ParseObject(text, &root), json::Error::kNone);
  for (json::Object group : Objects(root, "testGroups")) {
    const std::string hash_name = Text(group, "sha");
    const auto group_hash = hash_name.empty() ? hash : HashNamed(hash_name);
    if (!group_hash.has_value()) {
      counts->skipped += static_cast<int>(Objects(group, "tests").size());
      continue;
    }
    RunGroup({{family, *group_hash}, group}, counts);
  }
  EXPECT_EQ(counts->cases + counts->refused + counts->skipped,
            Number(root, "numberOfTests"));
  EXPECT_GT(counts->cases, 0);
}

struct VectorFile {
  const char* name;
  Family family;
  Hash hash;
  bool some_accepted;  // false where our rules refuse all that the file tests
};

class WycheproofTest : public testing::TestWithParam<VectorFile> {};

TEST_P(WycheproofTest, VerifiesAsTheFileSays) {
  const VectorFile& file = GetParam();
  Counts counts;
  RunFile(file.name, file.family, file.hash, &counts);
  EXPECT_EQ(counts.accepted > 0, file.some_accepted);
  std::cout << counts.cases << " cases, " << counts.accepted << " accepted, "
            << counts.refused << " with refused keys, " << counts.skipped
            << " skipped\n";
}

INSTANTIATE_TEST_SUITE_P(
    Hmac, WycheproofTest,
    testing::Values(
        VectorFile{"hmac_sha256_test", Family::kHmac, Hash::kSha256, true},
        VectorFile{"hmac_sha384_test", Family::kHmac, Hash::kSha384, true},
        VectorFile{"hmac_sha512_test", Family::kHmac, Hash::kSha512, true}),
    [](const auto& info) { return std::string(info.param.name); });

VectorFile Pkcs1(const char* name) {
  return {name, Family::kRsaPkcs1, Hash::kSha256, true};
}

INSTANTIATE_TEST_SUITE_P(
    RsaPkcs1, WycheproofTest,
    testing::Values(Pkcs1("rsa_signature_2048_sha256_test"),
                    Pkcs1("rsa_signature_2048_sha384_test"),
                    Pkcs1("rsa_signature_2048_sha512_test"),
                    Pkcs1("rsa_signature_3072_sha256_test"),
                    Pkcs1("rsa_signature_3072_sha384_test"),
                    Pkcs1("rsa_signature_3072_sha512_test"),
                    Pkcs1("rsa_signature_4096_sha384_test"),
                    Pkcs1("rsa_signature_4096_sha512_test"),
                    Pkcs1("rsa_signature_test"),
                    Pkcs1("rsa_sig_gen_misc_test")),
    [](const auto& info) { return std::string(info.param.name); });

// Of the last three, two are for other salt lengths than JOSE's, and
// rsa_pss_misc is for many, beside other MGF1 hashes.
INSTANTIATE_TEST_SUITE_P(
    RsaPss, WycheproofTest,
    testing::Values(VectorFile{"rsa_pss_2048_sha256_mgf1_32_test",
                               Family::kRsaPss, Hash::kSha256, true},
                    VectorFile{"rsa_pss_3072_sha256_mgf1_32_test",
                               Family::kRsaPss, Hash::kSha256, true},
                    VectorFile{"rsa_pss_4096_sha256_mgf1_32_test",
                               Family::kRsaPss, Hash::kSha256, true},
                    VectorFile{"rsa_pss_2048_sha256_mgf1_0_test",
                               Family::kRsaPss, Hash::kSha256, true},
                    VectorFile{"rsa_pss_4096_sha512_mgf1_32_test",
                               Family::kRsaPss, Hash::kSha512, false},
                    VectorFile{"rsa_pss_misc_test", Family::kRsaPss,
                               Hash::kSha256, true}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Ecdsa, WycheproofTest,
    testing::Values(VectorFile{"ecdsa_secp256r1_sha256_p1363_test",
                               Family::kEcdsa, Hash::kSha256, true},
                    VectorFile{"ecdsa_secp384r1_sha384_p1363_test",
                               Family::kEcdsa, Hash::kSha384, true},
                    VectorFile{"ecdsa_secp521r1_sha512_p1363_test",
                               Family::kEcdsa, Hash::kSha512, true},
                    VectorFile{"ecdsa_secp256r1_sha512_p1363_test",
                               Family::kEcdsa, Hash::kSha512, false},
                    VectorFile{"ecdsa_secp384r1_sha512_p1363_test",
                               Family::kEcdsa, Hash::kSha512, false},
                    VectorFile{"ecdsa_webcrypto_test", Family::kEcdsa,
                               Hash::kSha256, true}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Ed25519, WycheproofTest,
    testing::Values(VectorFile{"eddsa_test", Family::kEd25519, Hash::kSha512,
                               true}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace assay::crypto
