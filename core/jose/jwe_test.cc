#include "core/jose/jwe.h"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/content_cipher.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/key_material.h"
#include "core/jose/jwk.h"
#include "core/jose/key_derivation.h"
#include "core/simd/base64url/base64url.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

using R = DecryptReason;
using Family = KeyManagementFamily;
using crypto::KeyMaterial;

constexpr int kMaxRsaBits = 4096;
constexpr uint32_t kIterations = 1000;
constexpr char kPlaintext[] = "a secret message";

std::string ReadTestFile(absl::string_view name) {
  std::ifstream file(absl::StrCat("core/jose/testdata/", name));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

// A token that ends with its file's line.
std::string ReadToken(absl::string_view name) {
  const std::string text = ReadTestFile(name);
  return text.substr(0, text.find('\n'));
}

std::string Bytes(absl::string_view base64url) {
  std::string bytes;
  EXPECT_TRUE(Base64UrlDecode(base64url, &bytes)) << base64url;
  return bytes;
}

KeyMaterial Secret(absl::string_view bytes) {
  return crypto::SymmetricKey{SecretBytes(bytes)};
}

std::string Cek(ContentAlgorithm enc) {
  return std::string(crypto::CekLen(InfoOf(enc).encryption), 'k');
}

// A key that fits; always the same one.
const KeyMaterial& KeyFor(KeyManagement alg, ContentAlgorithm enc) {
  static const auto* const rsa = new auto(crypto::GenerateRsaKey(2048));
  static const auto* const ec =
      new auto(crypto::GenerateEcKey(crypto::Curve::kP256));
  static auto* const secrets = new std::map<size_t, KeyMaterial>;
  const KeyManagementInfo& info = InfoOf(alg);
  if (info.family == Family::kRsaOaep) return **rsa;
  if (info.family == Family::kEcdhEs || info.family == Family::kEcdhEsKeyWrap) {
    return **ec;
  }
  const size_t len =
      info.family == Family::kDirect ? Cek(enc).size() : info.kek_len;
  KeyMaterial& secret = (*secrets)[len];
  secret = Secret(std::string(len, 's'));
  return secret;
}

std::unique_ptr<const EncryptionKey> Encrypting(KeyManagement alg,
                                                const KeyMaterial& key) {
  auto prepared = EncryptionKey::Create(alg, key, kMaxRsaBits);
  EXPECT_TRUE(prepared.ok()) << prepared.status();
  return *std::move(prepared);
}

std::unique_ptr<const DecryptionKey> Decrypting(KeyManagement alg,
                                                const KeyMaterial& key) {
  auto prepared = DecryptionKey::Create(alg, key, kMaxRsaBits);
  EXPECT_TRUE(prepared.ok()) << prepared.status();
  return *std::move(prepared);
}

EncryptOptions Options(ContentAlgorithm enc) {
  EncryptOptions options;
  options.enc = enc;
  options.p2c = kIterations;
  return options;
}

std::string Encrypt(const EncryptionKey& key, const EncryptOptions& options,
                    absl::string_view plaintext = kPlaintext) {
  IterationBudget budget(options.p2c);
  auto token = EncryptCompact(options, plaintext, key, Limits(), &budget);
  EXPECT_TRUE(token.ok()) << token.status();
  return token.ok() ? *std::move(token) : "";
}

// Why nothing is encrypted.
std::string RefusalOf(const EncryptOptions& options,
                      absl::string_view plaintext, const EncryptionKey& key) {
  IterationBudget budget(std::numeric_limits<uint64_t>::max());
  return EncryptCompact(options, plaintext, key, Limits(), &budget)
      .status()
      .ToString();
}

// As a service would: split, parse, decrypt.
R Decrypt(absl::string_view token, const DecryptionKey& key,
          std::string* plaintext, IterationBudget* budget) {
  static auto* const parser = new JweHeaderParser(Limits());
  plaintext->assign("of the token before");
  UnverifiedJwe jwe;
  JweHeader header;
  R reason = SplitJwe(token, Limits(), &jwe);
  if (reason == R::kValid) reason = parser->Parse(jwe.header, &header);
  if (reason != R::kValid) return reason;
  reason = DecryptCompact(jwe, header, key, budget, plaintext);
  EXPECT_TRUE(reason == R::kValid || plaintext->empty());
  return reason;
}

R Decrypt(absl::string_view token, const DecryptionKey& key,
          std::string* plaintext) {
  IterationBudget budget(100'000'000);
  return Decrypt(token, key, plaintext, &budget);
}

R Decrypt(absl::string_view token, const DecryptionKey& key) {
  std::string plaintext;
  return Decrypt(token, key, &plaintext);
}

void ExpectDecrypts(absl::string_view token, const DecryptionKey& key,
                    absl::string_view expected) {
  std::string plaintext;
  ASSERT_EQ(Decrypt(token, key, &plaintext), R::kValid) << token;
  EXPECT_EQ(plaintext, expected);
}

// A token that the test seals itself, under a key that it knows.
std::string Seal(absl::string_view header_json, absl::string_view encrypted_key,
                 ContentAlgorithm enc, absl::string_view cek) {
  const auto encryption = InfoOf(enc).encryption;
  const auto cipher = crypto::ContentCipher::Create(encryption, cek);
  EXPECT_TRUE(cipher.ok());
  const std::string header = Base64UrlEncode(header_json);
  const std::string iv(crypto::IvLen(encryption), 'i');
  const absl::string_view plaintext = kPlaintext;
  std::string ciphertext((*cipher)->CiphertextLen(plaintext.size()), '\0');
  std::string tag(crypto::TagLen(encryption), '\0');
  EXPECT_TRUE(
      (*cipher)->Seal(iv, header, plaintext, Data(&ciphertext), Data(&tag)));
  return absl::StrCat(header, ".", Base64UrlEncode(encrypted_key), ".",
                      Base64UrlEncode(iv), ".", Base64UrlEncode(ciphertext),
                      ".", Base64UrlEncode(tag));
}

// ---- The examples of the RFCs

TEST(JweTest, DecryptsRfc7516AppendixA1) {
  const auto key = ParseJwk(ReadTestFile("rfc7516_a1_key.json"), Limits());
  ASSERT_TRUE(key.ok()) << key.status();
  ExpectDecrypts(
      ReadToken("rfc7516_a1.jwe"),
      *Decrypting(KeyManagement::kRsaOaep, key->material),
      "The true sign of intelligence is not knowledge but imagination.");
}

TEST(JweTest, RefusesRfc7516AppendixA2WhichIsRsa15) {
  const auto key = Decrypting(
      KeyManagement::kRsaOaep,
      KeyFor(KeyManagement::kRsaOaep, ContentAlgorithm::kA128CbcHs256));
  EXPECT_EQ(Decrypt(ReadToken("rfc7516_a2.jwe"), *key),
            R::kAlgorithmUnsupported);
}

TEST(JweTest, DecryptsRfc7516AppendixA3) {
  ExpectDecrypts(ReadToken("rfc7516_a3.jwe"),
                 *Decrypting(KeyManagement::kA128Kw,
                             Secret(Bytes("GawgguFyGrWKav7AX4VKUg"))),
                 "Live long and prosper.");
}

// The plaintext is a private key, whose numbers must fit each other.
TEST(JweTest, DecryptsRfc7517AppendixC) {
  std::string plaintext;
  ASSERT_EQ(
      Decrypt(
          ReadToken("rfc7517_c.jwe"),
          *Decrypting(KeyManagement::kPbes2Hs256A128Kw,
                      Secret("Thus from my lips, by yours, my sin is purged.")),
          &plaintext),
      R::kValid);
  const auto key = ParseJwk(plaintext, Limits());
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->kid, "juliet@capulet.lit");
  EXPECT_TRUE(crypto::HasPrivateNumbers(key->material));
}

KeyMaterial Rfc7518Bob() {
  crypto::EcKey bob;
  bob.x = Bytes("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ");
  bob.y = Bytes("e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck");
  bob.d.emplace(Bytes("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"));
  return bob;
}

// The RFC gives a header and the key that it leads to.
TEST(JweTest, DerivesTheKeyOfRfc7518AppendixC) {
  const std::string header =
      R"({"alg":"ECDH-ES","enc":"A128GCM","apu":"QWxpY2U","apv":"Qm9i",)"
      R"("epk":{"kty":"EC","crv":"P-256",)"
      R"("x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",)"
      R"("y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}})";
  ExpectDecrypts(Seal(header, "", ContentAlgorithm::kA128Gcm,
                      Bytes("VqqN6vgjbSBcIijNcacQGg")),
                 *Decrypting(KeyManagement::kEcdhEs, Rfc7518Bob()), kPlaintext);
}

// ---- Another implementation: testdata/make_jose_tokens.mjs

KeyMaterial KeyOfLine(absl::string_view kind, const std::string& value) {
  if (kind == "oct") return Secret(Bytes(value));
  if (kind == "x25519") {
    const size_t dot = value.find('.');
    return crypto::X25519Key{Bytes(value.substr(0, dot)),
                             SecretBytes(Bytes(value.substr(dot + 1)))};
  }
  auto key = ParseJwk(value, Limits());
  EXPECT_TRUE(key.ok()) << key.status();
  return std::move(key->material);
}

TEST(JweTest, DecryptsWhatJoseEncrypts) {
  std::map<std::string, KeyMaterial> keys;
  std::set<std::string> algs, encs;
  int num_tokens = 0;
  std::istringstream lines(ReadTestFile("jose_tokens.txt"));
  std::string what, alg, enc, name, value;
  while (lines >> what) {
    if (what == "key") {
      lines >> name >> enc >> value;
      keys[name] = KeyOfLine(enc, value);
      continue;
    }
    lines >> alg >> enc >> name >> value;
    ExpectDecrypts(value,
                   *Decrypting(KeyManagementFromName(alg), keys.at(name)),
                   "Assay decrypts what jose encrypts");
    algs.insert(alg);
    encs.insert(enc);
    ++num_tokens;
  }
  EXPECT_EQ(algs.size(), AllKeyManagements().size());
  EXPECT_EQ(encs.size(), AllContentAlgorithms().size());
  EXPECT_EQ(num_tokens, 64);
}

// ---- Every algorithm

template <typename Check>
void ForEveryAlgorithm(Check check) {
  for (const KeyManagementInfo& alg : AllKeyManagements()) {
    for (const ContentAlgorithmInfo& enc : AllContentAlgorithms()) {
      SCOPED_TRACE(absl::StrCat(alg.name, " ", enc.name));
      check(alg.alg, enc.enc);
    }
  }
}

// Damage is tried with one cipher of each kind.
template <typename Check>
void ForEveryAlg(Check check) {
  for (const KeyManagementInfo& alg : AllKeyManagements()) {
    for (const auto enc :
         {ContentAlgorithm::kA128Gcm, ContentAlgorithm::kA128CbcHs256}) {
      SCOPED_TRACE(absl::StrCat(alg.name, " ", AlgorithmName(enc)));
      check(alg.alg, enc);
    }
  }
}

TEST(JweTest, DecryptsWhatItEncrypts) {
  ForEveryAlgorithm([](KeyManagement alg, ContentAlgorithm enc) {
    const KeyMaterial& material = KeyFor(alg, enc);
    const auto encrypting = Encrypting(alg, material);
    const auto decrypting = Decrypting(alg, material);
    for (const size_t len : {0, 1, 15, 16, 17, 1000}) {
      const std::string plaintext(len, 'p');
      ExpectDecrypts(Encrypt(*encrypting, Options(enc), plaintext), *decrypting,
                     plaintext);
    }
  });
}

TEST(JweTest, AgreesOnEveryCurve) {
  using crypto::Curve;
  std::vector<KeyMaterial> keys;
  for (const Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
    keys.push_back(*crypto::GenerateEcKey(curve));
  }
  keys.push_back(*crypto::GenerateX25519Key());
  for (const KeyMaterial& key : keys) {
    for (const auto alg :
         {KeyManagement::kEcdhEs, KeyManagement::kEcdhEsA256Kw}) {
      EncryptOptions options = Options(ContentAlgorithm::kA256Gcm);
      options.apu = "Alice";
      options.apv = "Bob";
      ExpectDecrypts(
          Encrypt(*Encrypting(alg, crypto::PublicHalf(key)), options),
          *Decrypting(alg, key), kPlaintext);
    }
  }
}

TEST(JweTest, WritesTheHeaderThatWasAskedFor) {
  EncryptOptions options = Options(ContentAlgorithm::kA128Gcm);
  options.kid = "key \"1\"";
  options.typ = "JWE";
  options.cty = "JWT";
  const std::string token = Encrypt(
      *Encrypting(KeyManagement::kDir, Secret(std::string(16, 's'))), options);
  EXPECT_EQ(Bytes(token.substr(0, token.find('.'))),
            R"({"alg":"dir","enc":"A128GCM","kid":"key \"1\"","typ":"JWE",)"
            R"("cty":"JWT"})");
}

TEST(JweTest, NoTwoTokensAreAlike) {
  ForEveryAlg([](KeyManagement alg, ContentAlgorithm enc) {
    const auto key = Encrypting(alg, KeyFor(alg, enc));
    const std::vector<std::string> a =
        absl::StrSplit(Encrypt(*key, Options(enc)), '.');
    const std::vector<std::string> b =
        absl::StrSplit(Encrypt(*key, Options(enc)), '.');
    for (size_t i = HasEncryptedKey(alg) ? 1 : 2; i < 5; ++i) {
      EXPECT_NE(a[i], b[i]) << "segment " << i;
    }
  });
}

TEST(JweTest, RefusesEveryTruncation) {
  ForEveryAlg([](KeyManagement alg, ContentAlgorithm enc) {
    const KeyMaterial& material = KeyFor(alg, enc);
    const auto key = Decrypting(alg, material);
    const std::string token = Encrypt(*Encrypting(alg, material), Options(enc));
    for (size_t len = 0; len < token.size(); ++len) {
      ASSERT_NE(Decrypt(token.substr(0, len), *key), R::kValid) << len;
      ASSERT_NE(Decrypt(token.substr(token.size() - len), *key), R::kValid);
    }
  });
}

TEST(JweTest, RefusesEveryFlippedBit) {
  ForEveryAlg([](KeyManagement alg, ContentAlgorithm enc) {
    const KeyMaterial& material = KeyFor(alg, enc);
    const auto key = Decrypting(alg, material);
    std::string token = Encrypt(*Encrypting(alg, material), Options(enc));
    for (size_t bit = 0; bit < token.size() * 8; ++bit) {
      const char mask = static_cast<char>(1 << bit % 8);
      token[bit / 8] = static_cast<char>(token[bit / 8] ^ mask);
      const R reason = Decrypt(token, *key);
      ASSERT_NE(reason, R::kValid) << "bit " << bit;
      ASSERT_NE(reason, R::kUnspecified) << "bit " << bit;
      token[bit / 8] = static_cast<char>(token[bit / 8] ^ mask);
    }
    ASSERT_EQ(Decrypt(token, *key), R::kValid);
  });
}

std::unique_ptr<const DecryptionKey> AnotherKey(KeyManagement alg,
                                                ContentAlgorithm enc) {
  switch (InfoOf(alg).family) {
    case Family::kRsaOaep:
      return Decrypting(alg, *crypto::GenerateRsaKey(2048));
    case Family::kEcdhEs:
    case Family::kEcdhEsKeyWrap:
      return Decrypting(alg, *crypto::GenerateEcKey(crypto::Curve::kP256));
    default:
      break;
  }
  const auto& secret = absl::get<crypto::SymmetricKey>(KeyFor(alg, enc)).secret;
  return Decrypting(alg, Secret(std::string(secret.size(), 't')));
}

TEST(JweTest, RefusesAnotherKey) {
  ForEveryAlg([](KeyManagement alg, ContentAlgorithm enc) {
    const auto encrypting = Encrypting(alg, KeyFor(alg, enc));
    EXPECT_EQ(
        Decrypt(Encrypt(*encrypting, Options(enc)), *AnotherKey(alg, enc)),
        R::kDecryptionFailed);
  });
}

// `token` with its segment `i` decoded, changed and encoded again.
template <typename Change>
std::string WithSegment(const std::string& token, size_t i, Change change) {
  std::vector<std::string> segments = absl::StrSplit(token, '.');
  std::string bytes = Bytes(segments[i]);
  change(&bytes);
  segments[i] = Base64UrlEncode(bytes);
  return absl::StrJoin(segments, ".");
}

// CVE-2017-12973, CVE-2026-53938, CVE-2026-53939: key, IV, ciphertext, tag;
// cut, lengthened or changed. Nothing tells which it was.
TEST(JweTest, EveryFailureOfDecryptionIsTheSame) {
  ForEveryAlg([](KeyManagement alg, ContentAlgorithm enc) {
    const KeyMaterial& material = KeyFor(alg, enc);
    const auto key = Decrypting(alg, material);
    const std::string token = Encrypt(*Encrypting(alg, material), Options(enc));
    for (size_t i = HasEncryptedKey(alg) ? 1 : 2; i < 5; ++i) {
      const auto flip = [](std::string* bytes) { bytes->back() ^= 1; };
      const auto cut = [](std::string* bytes) { bytes->pop_back(); };
      const auto lengthen = [](std::string* bytes) { bytes->push_back('x'); };
      const auto one_byte = [](std::string* bytes) { bytes->resize(1); };
      EXPECT_EQ(Decrypt(WithSegment(token, i, flip), *key),
                R::kDecryptionFailed);
      EXPECT_EQ(Decrypt(WithSegment(token, i, cut), *key),
                R::kDecryptionFailed);
      EXPECT_EQ(Decrypt(WithSegment(token, i, lengthen), *key),
                R::kDecryptionFailed);
      EXPECT_EQ(Decrypt(WithSegment(token, i, one_byte), *key),
                R::kDecryptionFailed);
    }
  });
}

// CVE-2018-1000539, CVE-2023-37464: a cut tag is guessed sooner.
TEST(JweTest, RefusesEveryOtherLengthOfTag) {
  for (const auto enc :
       {ContentAlgorithm::kA256Gcm, ContentAlgorithm::kA256CbcHs512}) {
    const KeyMaterial& material = KeyFor(KeyManagement::kDir, enc);
    const auto key = Decrypting(KeyManagement::kDir, material);
    const std::string token =
        Encrypt(*Encrypting(KeyManagement::kDir, material), Options(enc));
    for (size_t len = 1; len < crypto::TagLen(InfoOf(enc).encryption); ++len) {
      EXPECT_EQ(
          Decrypt(WithSegment(token, 4,
                              [&](std::string* tag) { tag->resize(len); }),
                  *key),
          R::kDecryptionFailed)
          << len;
    }
  }
}

TEST(JweTest, RefusesSegmentsThatAreNotStrictBase64Url) {
  const auto alg = KeyManagement::kA128Kw;
  const KeyMaterial& material = KeyFor(alg, ContentAlgorithm::kA128Gcm);
  const auto key = Decrypting(alg, material);
  const std::string token =
      Encrypt(*Encrypting(alg, material), Options(ContentAlgorithm::kA128Gcm));
  for (size_t i = 1; i < 5; ++i) {
    for (const char* bad : {"=", " ", "\n", "+", "/"}) {
      std::vector<std::string> segments = absl::StrSplit(token, '.');
      segments[i] += bad;
      EXPECT_EQ(Decrypt(absl::StrJoin(segments, "."), *key),
                R::kSegmentEncoding)
          << i << bad;
    }
  }
}

// ---- RFC 7516 11.5: a random key where none can be unwrapped

// Were the key left as it was made, all zeros, a forger would know it.
TEST(JweTest, RefusesContentUnderAKeyOfZerosWhereUnwrappingFails) {
  ForEveryAlg([](KeyManagement alg, ContentAlgorithm enc) {
    if (!HasEncryptedKey(alg)) return;
    const KeyMaterial& material = KeyFor(alg, enc);
    const std::string token = Encrypt(*Encrypting(alg, material), Options(enc));
    const std::vector<std::string> segments = absl::StrSplit(token, '.');
    std::string encrypted_key = Bytes(segments[1]);
    encrypted_key.back() ^= 1;
    EXPECT_EQ(Decrypt(Seal(Bytes(segments[0]), encrypted_key, enc,
                           std::string(Cek(enc).size(), '\0')),
                      *Decrypting(alg, material)),
              R::kDecryptionFailed);
  });
}

TEST(JweTest, TheKeyThatStandsInIsAnotherEachTime) {
  ForEveryAlg([](KeyManagement alg, ContentAlgorithm enc) {
    if (!HasEncryptedKey(alg)) return;
    const auto key = Decrypting(alg, KeyFor(alg, enc));
    JweHeader header;
    header.alg = alg;
    header.enc = enc;
    header.p2c = 1;
    IterationBudget budget(2 * kMinPbes2Iterations);
    std::string tags[2];
    for (std::string& tag : tags) {
      ContentKey content_key;
      ASSERT_EQ(key->FindContentKey(header, "no key", &budget, &content_key),
                R::kValid);
      const auto encryption = InfoOf(enc).encryption;
      std::string ciphertext(16, '\0');
      tag.resize(crypto::TagLen(encryption));
      ASSERT_TRUE(content_key.cipher()->Seal(
          std::string(crypto::IvLen(encryption), 'i'), "", "",
          Data(&ciphertext), Data(&tag)));
    }
    EXPECT_NE(tags[0], tags[1]);
  });
}

// A sender who has the key may wrap one of a length that enc has no use for.
TEST(JweTest, RefusesAWrappedKeyOfAnotherLength) {
  for (const auto alg : {KeyManagement::kA128Kw, KeyManagement::kRsaOaep256,
                         KeyManagement::kA128GcmKw}) {
    const KeyMaterial& material = KeyFor(alg, ContentAlgorithm::kA128Gcm);
    ContentKey content_key;
    KeyParameters parameters;
    IterationBudget budget(0);
    ASSERT_TRUE(Encrypting(alg, material)
                    ->MakeContentKey(Options(ContentAlgorithm::kA256Gcm),
                                     &budget, &content_key, &parameters)
                    .ok());
    const std::string header =
        absl::StrCat(R"({"enc":"A128GCM","alg":")", AlgorithmName(alg),
                     R"(","iv":")", Base64UrlEncode(parameters.iv),
                     R"(","tag":")", Base64UrlEncode(parameters.tag), "\"}");
    EXPECT_EQ(Decrypt(Seal(header, parameters.encrypted_key,
                           ContentAlgorithm::kA128Gcm, std::string(16, '\0')),
                      *Decrypting(alg, material)),
              R::kDecryptionFailed)
        << AlgorithmName(alg);
  }
}

// ---- Which segments there are

TEST(JweTest, AnEncryptedKeyIsThereExactlyIfTheAlgHasOne) {
  ForEveryAlg([](KeyManagement alg, ContentAlgorithm enc) {
    const KeyMaterial& material = KeyFor(alg, enc);
    std::vector<std::string> segments =
        absl::StrSplit(Encrypt(*Encrypting(alg, material), Options(enc)), '.');
    EXPECT_EQ(segments[1].empty(), !HasEncryptedKey(alg));
    segments[1] = HasEncryptedKey(alg) ? "" : "AAAA";
    EXPECT_EQ(Decrypt(absl::StrJoin(segments, "."), *Decrypting(alg, material)),
              HasEncryptedKey(alg) ? R::kKeyMissing : R::kKeyUnexpected);
  });
}

// ---- The key decides the algorithm

TEST(JweTest, AKeyServesNoOtherAlg) {
  const KeyMaterial secret = Secret(std::string(16, 's'));
  const auto enc = ContentAlgorithm::kA128Gcm;
  const auto encrypting = Encrypting(KeyManagement::kA128Kw, secret);
  const std::string token = Encrypt(*encrypting, Options(enc));
  for (const auto alg : {KeyManagement::kDir, KeyManagement::kA128GcmKw,
                         KeyManagement::kPbes2Hs256A128Kw}) {
    EXPECT_EQ(Decrypt(token, *Decrypting(alg, secret)), R::kAlgorithmNotOfKey);
  }
}

TEST(JweTest, ADirectKeyServesNoEncOfAnotherLength) {
  const std::string token =
      Encrypt(*Encrypting(KeyManagement::kDir, Secret(std::string(16, 's'))),
              Options(ContentAlgorithm::kA128Gcm));
  EXPECT_EQ(Decrypt(token, *Decrypting(KeyManagement::kDir,
                                       Secret(std::string(32, 's')))),
            R::kAlgorithmNotOfKey);
  EXPECT_EQ(
      RefusalOf(Options(ContentAlgorithm::kA256Gcm), "",
                *Encrypting(KeyManagement::kDir, Secret(std::string(16, 's')))),
      "INVALID_ARGUMENT: the secret has not the length that A256GCM needs "
      "under \"dir\"");
}

TEST(JweTest, KeysThatDoNotFitAreRefusedWhenTheyArePrepared) {
  const auto enc = ContentAlgorithm::kA128Gcm;
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    for (const KeyManagementInfo& other : AllKeyManagements()) {
      const KeyMaterial& key = KeyFor(other.alg, enc);
      const bool fits =
          IsCompatible(info.alg, enc, key) ||
          IsCompatible(info.alg, ContentAlgorithm::kA192Gcm, key) ||
          IsCompatible(info.alg, ContentAlgorithm::kA256Gcm, key);
      const auto encrypting = EncryptionKey::Create(info.alg, key, kMaxRsaBits);
      const auto decrypting = DecryptionKey::Create(info.alg, key, kMaxRsaBits);
      EXPECT_EQ(encrypting.ok(), fits) << info.name << " " << other.name;
      EXPECT_EQ(decrypting.ok(), fits) << info.name << " " << other.name;
      if (fits) continue;
      EXPECT_EQ(decrypting.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_TRUE(absl::StartsWith(decrypting.status().message(),
                                   absl::StrCat(info.name, " needs ")))
          << decrypting.status();
    }
  }
  EXPECT_FALSE(DecryptionKey::Create(KeyManagement::kUnspecified,
                                     Secret(std::string(16, 's')), kMaxRsaBits)
                   .ok());
}

TEST(JweTest, APublicKeyEncryptsAndDoesNotDecrypt) {
  for (const auto alg : {KeyManagement::kRsaOaep256, KeyManagement::kEcdhEs}) {
    const KeyMaterial key =
        crypto::PublicHalf(KeyFor(alg, ContentAlgorithm::kA128Gcm));
    EXPECT_TRUE(EncryptionKey::Create(alg, key, kMaxRsaBits).ok());
    EXPECT_EQ(DecryptionKey::Create(alg, key, kMaxRsaBits).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(JweTest, RefusesRsaKeysBeyondTheBound) {
  const KeyMaterial& key =
      KeyFor(KeyManagement::kRsaOaep, ContentAlgorithm::kA128Gcm);
  EXPECT_FALSE(EncryptionKey::Create(KeyManagement::kRsaOaep, key, 2047).ok());
  EXPECT_FALSE(DecryptionKey::Create(KeyManagement::kRsaOaep, key, 2047).ok());
}

// ---- Key agreement

std::string EcdhHeader(absl::string_view epk) {
  return absl::StrCat(R"({"alg":"ECDH-ES","enc":"A128GCM","epk":{)", epk, "}}");
}

// CVE-2016-9121, CVE-2017-16007: the point is off the curve, or on another one.
TEST(JweTest, RefusesAnEpkOffTheCurveOrOnAnotherOne) {
  const auto bob = Decrypting(KeyManagement::kEcdhEs, Rfc7518Bob());
  const std::string x = Base64UrlEncode(std::string(32, '\1'));
  const std::string p384 = Base64UrlEncode(std::string(48, '\1'));
  const std::string off = absl::StrCat(R"("kty":"EC","crv":"P-256","x":")", x,
                                       R"(","y":")", x, "\"");
  const std::string other = absl::StrCat(R"("kty":"EC","crv":"P-384","x":")",
                                         p384, R"(","y":")", p384, "\"");
  const std::string okp =
      absl::StrCat(R"("kty":"OKP","crv":"X25519","x":")", x, "\"");
  for (const std::string& epk : {off, other, okp}) {
    // Under whatever key a failed agreement might leave behind.
    SecretBytes cek;
    ASSERT_TRUE(DeriveAgreedKey(KeyManagement::kEcdhEs,
                                ContentAlgorithm::kA128Gcm, "", "", "", &cek));
    EXPECT_EQ(Decrypt(Seal(EcdhHeader(epk), "", ContentAlgorithm::kA128Gcm,
                           cek.view()),
                      *bob),
              R::kDecryptionFailed);
    EXPECT_EQ(Decrypt(Seal(EcdhHeader(epk), "", ContentAlgorithm::kA128Gcm,
                           std::string(16, '\0')),
                      *bob),
              R::kDecryptionFailed);
  }
}

// RFC 8037 3.2, RFC 7748 6.1: the secret shared with such a point is all zeros
// whoever's key it is, so anybody could make this token.
TEST(JweTest, RefusesAnX25519SecretOfZeros) {
  const auto key =
      Decrypting(KeyManagement::kEcdhEs, *crypto::GenerateX25519Key());
  SecretBytes cek;
  ASSERT_TRUE(DeriveAgreedKey(KeyManagement::kEcdhEs,
                              ContentAlgorithm::kA128Gcm, std::string(32, '\0'),
                              "", "", &cek));
  for (const char first : {'\0', '\1'}) {
    std::string x(32, '\0');
    x[0] = first;
    const std::string epk = absl::StrCat(R"("kty":"OKP","crv":"X25519","x":")",
                                         Base64UrlEncode(x), "\"");
    EXPECT_EQ(Decrypt(Seal(EcdhHeader(epk), "", ContentAlgorithm::kA128Gcm,
                           cek.view()),
                      *key),
              R::kDecryptionFailed);
  }
}

// ---- PBES2

// CVE-2022-36083, CVE-2023-50967, CVE-2023-52428, CVE-2026-27932. Were the work
// done first, this test would take an hour.
TEST(JweTest, RefusesIterationsBeforeAnyWork) {
  const std::string header =
      R"({"alg":"PBES2-HS512+A256KW","enc":"A128GCM","p2s":"AAAAAAAAAAA",)"
      R"("p2c":4294967295})";
  const std::string token =
      Seal(header, std::string(24, 'k'), ContentAlgorithm::kA128Gcm,
           std::string(16, 'c'));
  const auto key = Decrypting(KeyManagement::kPbes2Hs512A256Kw, Secret("word"));
  IterationBudget budget(4'000'000'000);
  std::string plaintext;
  EXPECT_EQ(Decrypt(token, *key, &plaintext, &budget),
            R::kIterationsAboveLimit);

  Limits limits;
  limits.max_pbes2_iterations = 4294967295;
  JweHeaderParser parser(limits);
  UnverifiedJwe jwe;
  JweHeader parsed;
  ASSERT_EQ(SplitJwe(token, limits, &jwe), R::kValid);
  ASSERT_EQ(parser.Parse(jwe.header, &parsed), R::kValid);
  EXPECT_EQ(DecryptCompact(jwe, parsed, *key, &budget, &plaintext),
            R::kIterationBudgetSpent);
  EXPECT_EQ(budget.left(), 4'000'000'000u);
}

TEST(JweTest, ChargesIterationsUntilTheBudgetIsSpent) {
  const auto alg = KeyManagement::kPbes2Hs256A128Kw;
  const KeyMaterial password = Secret("password");
  const auto key = Decrypting(alg, password);
  const std::string token =
      Encrypt(*Encrypting(alg, password), Options(ContentAlgorithm::kA128Gcm));
  IterationBudget budget(2 * kIterations + 1);
  std::string plaintext;
  EXPECT_EQ(Decrypt(token, *key, &plaintext, &budget), R::kValid);
  EXPECT_EQ(Decrypt(token, *key, &plaintext, &budget), R::kValid);
  EXPECT_EQ(Decrypt(token, *key, &plaintext, &budget),
            R::kIterationBudgetSpent);
  EXPECT_EQ(plaintext, "");
  EXPECT_EQ(budget.left(), 1u);
}

TEST(JweTest, OtherAlgsChargeNothing) {
  const KeyMaterial secret = Secret(std::string(16, 's'));
  const std::string token = Encrypt(*Encrypting(KeyManagement::kA128Kw, secret),
                                    Options(ContentAlgorithm::kA128Gcm));
  IterationBudget budget(0);
  std::string plaintext;
  EXPECT_EQ(Decrypt(token, *Decrypting(KeyManagement::kA128Kw, secret),
                    &plaintext, &budget),
            R::kValid);
}

TEST(JweTest, DoesNotEncryptWithFewIterations) {  // RFC 7518 4.8.1.2
  const auto key =
      Encrypting(KeyManagement::kPbes2Hs256A128Kw, Secret("password"));
  EncryptOptions options = Options(ContentAlgorithm::kA128Gcm);
  options.p2c = kMinPbes2Iterations - 1;
  EXPECT_EQ(
      RefusalOf(options, "", *key),
      "INVALID_ARGUMENT: p2c is 999, fewer than 1000 iterations (RFC 7518 "
      "4.8.1.2)");
}

// What would be refused as kIterationsAboveLimit is not made.
TEST(JweTest, DoesNotEncryptWithMoreIterationsThanTheLimit) {
  const auto key =
      Encrypting(KeyManagement::kPbes2Hs256A128Kw, Secret("password"));
  EncryptOptions options = Options(ContentAlgorithm::kA128Gcm);
  options.p2c = 4'294'967'295;
  EXPECT_EQ(RefusalOf(options, "", *key),
            "INVALID_ARGUMENT: p2c is 4294967295, more than the limit of "
            "1000000 iterations");
}

TEST(JweTest, EncryptsWithinTheBatchsBudget) {
  const auto key =
      Encrypting(KeyManagement::kPbes2Hs256A128Kw, Secret("password"));
  const EncryptOptions options = Options(ContentAlgorithm::kA128Gcm);
  IterationBudget budget(options.p2c + 1);
  EXPECT_TRUE(EncryptCompact(options, "", *key, Limits(), &budget).ok());
  EXPECT_EQ(budget.left(), 1u);
  EXPECT_EQ(
      EncryptCompact(options, "", *key, Limits(), &budget).status().ToString(),
      absl::StrCat("RESOURCE_EXHAUSTED: the batch's budget of PBES2 "
                   "iterations has 1 left, and this token takes ",
                   options.p2c));
  EXPECT_EQ(budget.left(), 1u);
}

// A password may be guessed with p2c 1, but not for nothing.
TEST(JweTest, ATokenWithFewIterationsIsChargedTheLeastThatIsUsual) {
  const std::string header =
      R"({"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAAAAAAAAA","p2c":1})";
  const std::string token =
      Seal(header, std::string(24, 'k'), ContentAlgorithm::kA128Gcm,
           std::string(16, 'c'));
  const auto key =
      Decrypting(KeyManagement::kPbes2Hs256A128Kw, Secret("password"));
  IterationBudget budget(2 * kMinPbes2Iterations - 1);
  std::string plaintext;
  EXPECT_EQ(Decrypt(token, *key, &plaintext, &budget), R::kDecryptionFailed);
  EXPECT_EQ(budget.left(), kMinPbes2Iterations - 1);
  EXPECT_EQ(Decrypt(token, *key, &plaintext, &budget),
            R::kIterationBudgetSpent);
}

// ---- What is not encrypted, because nobody would decrypt it

TEST(JweTest, MakesNoTokenThatIsTooLarge) {
  const auto key =
      Encrypting(KeyManagement::kA128Kw, Secret(std::string(16, 's')));
  EncryptOptions options = Options(ContentAlgorithm::kA128Gcm);
  const std::string large(Limits().max_token_bytes * 3 / 4, 'p');
  EXPECT_EQ(RefusalOf(options, large, *key),
            "OUT_OF_RANGE: the token would be larger than the limit of "
            "65536 bytes");
  EXPECT_EQ(RefusalOf(options, std::string(1 << 20, 'p'), *key),
            "OUT_OF_RANGE: the token would be larger than the limit of "
            "65536 bytes");
  const std::string kid(Limits().max_header_bytes, 'k');
  options.kid = kid;
  EXPECT_THAT(RefusalOf(options, "", *key),
              ::testing::MatchesRegex(
                  "OUT_OF_RANGE: the header would have [0-9]+ bytes, more "
                  "than the limit of 16384"));
}

// The largest that is made is taken.
TEST(JweTest, WhatIsMadeIsNeverTooLargeToDecrypt) {
  const KeyMaterial secret = Secret(std::string(16, 's'));
  const auto key = Encrypting(KeyManagement::kA128Kw, secret);
  const EncryptOptions options = Options(ContentAlgorithm::kA128Gcm);
  IterationBudget budget(0);
  size_t len = Limits().max_token_bytes * 3 / 4;
  absl::StatusOr<std::string> token = absl::InternalError("none");
  while (!token.ok() && len > 0) {
    token = EncryptCompact(options, std::string(--len, 'p'), *key, Limits(),
                           &budget);
  }
  ASSERT_TRUE(token.ok());
  EXPECT_GT(token->size(), Limits().max_token_bytes - 3);
  EXPECT_EQ(Decrypt(*token, *Decrypting(KeyManagement::kA128Kw, secret)),
            R::kValid);
}

TEST(JweTest, MakesNoPartyInfoThatIsRefusedWhenItIsRead) {
  const auto key =
      Encrypting(KeyManagement::kA128Kw, Secret(std::string(16, 's')));
  const std::string longest(kMaxPartyInfoBytes, 'p');
  const std::string too_long(kMaxPartyInfoBytes + 1, 'p');
  EncryptOptions options = Options(ContentAlgorithm::kA128Gcm);
  options.apu = options.apv = longest;
  EXPECT_EQ(ValidateEncryptOptions(options, key->alg(), Limits()),
            absl::OkStatus());
  options.apu = too_long;
  EXPECT_EQ(
      RefusalOf(options, "", *key),
      "INVALID_ARGUMENT: apu has 4097 bytes, more than the limit of 4096");
  options.apu = "";
  options.apv = too_long;
  EXPECT_EQ(
      RefusalOf(options, "", *key),
      "INVALID_ARGUMENT: apv has 4097 bytes, more than the limit of 4096");
}

TEST(JweTest, MakesNoHeaderThatIsNotUtf8) {
  const auto key =
      Encrypting(KeyManagement::kA128Kw, Secret(std::string(16, 's')));
  EncryptOptions options = Options(ContentAlgorithm::kA128Gcm);
  options.kid = "a\xff\xfe";
  EXPECT_EQ(RefusalOf(options, "", *key), "INVALID_ARGUMENT: kid is not UTF-8");
  options.kid.reset();
  options.typ = "\xff";
  EXPECT_EQ(RefusalOf(options, "", *key), "INVALID_ARGUMENT: typ is not UTF-8");
  options.typ.reset();
  options.cty = "\xff";
  EXPECT_EQ(RefusalOf(options, "", *key), "INVALID_ARGUMENT: cty is not UTF-8");
}

// ---- Other tokens

// Whoever forgets what the parser said gets no plaintext.
TEST(JweTest, ARefusedHeaderDecryptsNothing) {
  const auto key =
      Decrypting(KeyManagement::kDir, Secret(std::string(16, 's')));
  JweHeaderParser parser{Limits()};
  for (const absl::string_view header :
       {R"({"alg":"dir","enc":"A128GCM","crit":["x"],"x":1})",
        R"({"alg":"dir","enc":"A128GCM","zip":"DEF"})",
        R"({"alg":"foo","enc":"A128GCM"})", R"({"alg":"dir","enc":"foo"})",
        R"({"enc":"foo"})", "[]"}) {
    const std::string token =
        Seal(header, "", ContentAlgorithm::kA128Gcm, std::string(16, 's'));
    UnverifiedJwe jwe;
    JweHeader parsed;
    ASSERT_EQ(SplitJwe(token, Limits(), &jwe), R::kValid);
    const R reason = parser.Parse(jwe.header, &parsed);
    ASSERT_NE(reason, R::kValid) << header;
    IterationBudget budget(0);
    std::string plaintext = "of the token before";
    EXPECT_EQ(DecryptCompact(jwe, parsed, *key, &budget, &plaintext), reason);
    EXPECT_EQ(plaintext, "");
  }
  // Nor does one that was not parsed.
  UnverifiedJwe jwe;
  IterationBudget budget(0);
  std::string plaintext;
  EXPECT_EQ(DecryptCompact(jwe, JweHeader(), *key, &budget, &plaintext),
            R::kUnspecified);
}

// CVE-2022-3102, CVE-2023-51774, CVE-2026-29000: a key to decrypt with never
// meets a signature.
TEST(JweTest, RefusesAJws) {
  const auto key =
      Decrypting(KeyManagement::kDir, Secret(std::string(32, 's')));
  EXPECT_EQ(Decrypt("eyJhbGciOiJIUzI1NiJ9.e30.AAAA", *key), R::kSignedToken);
  // The header of a JWS in the form of a JWE.
  EXPECT_EQ(Decrypt("eyJhbGciOiJIUzI1NiJ9..AAAA.AAAA.AAAA", *key),
            R::kAlgorithmUnsupported);
}

TEST(JweTest, EncryptsNothingWithoutAnEnc) {
  const auto key =
      Encrypting(KeyManagement::kA128Kw, Secret(std::string(16, 's')));
  EXPECT_EQ(RefusalOf(Options(ContentAlgorithm::kUnspecified), "", *key),
            "INVALID_ARGUMENT: no content encryption (enc) is named");
}

// Whoever lets a header with zip pass still has to say what it may cost.
TEST(JweTest, InflatesNothingWithoutABudget) {
  const auto enc = ContentAlgorithm::kA128Gcm;
  const KeyMaterial& material = KeyFor(KeyManagement::kA128Kw, enc);
  EncryptOptions options = Options(enc);
  options.zip = true;
  const std::string token =
      Encrypt(*Encrypting(KeyManagement::kA128Kw, material), options);
  const auto key = Decrypting(KeyManagement::kA128Kw, material);
  JweHeaderParser parser(Limits(), Zip::kAllow);
  UnverifiedJwe jwe;
  JweHeader header;
  ASSERT_EQ(SplitJwe(token, Limits(), &jwe), R::kValid);
  ASSERT_EQ(parser.Parse(jwe.header, &header), R::kValid);
  IterationBudget iterations(0);
  std::string plaintext;
  EXPECT_EQ(DecryptCompact(jwe, header, *key, &iterations, &plaintext),
            R::kZipUnsupported);
  EXPECT_EQ(plaintext, "");
  InflateBudget inflated(sizeof(kPlaintext) - 1);
  EXPECT_EQ(
      DecryptJwe(jwe, header, *key, {&iterations, &inflated, 1000}, &plaintext),
      R::kValid);
  EXPECT_EQ(plaintext, kPlaintext);
}

// What is not DEFLATE is told, as the content is authentic by then.
TEST(JweTest, TellsOfContentThatIsAuthenticButNotCompressed) {
  const std::string header_json =
      R"({"alg":"dir","enc":"A128GCM","zip":"DEF"})";
  const std::string protected_header = Base64UrlEncode(header_json);
  const std::string iv(12, 'i');
  std::string ciphertext(5, '\0'), tag(16, '\0');
  const auto cipher = crypto::ContentCipher::Create(
      InfoOf(ContentAlgorithm::kA128Gcm).encryption, std::string(16, 's'));
  ASSERT_TRUE((*cipher)->Seal(iv, protected_header, "plain", Data(&ciphertext),
                              Data(&tag)));
  const std::string token =
      absl::StrJoin({protected_header, std::string(), Base64UrlEncode(iv),
                     Base64UrlEncode(ciphertext), Base64UrlEncode(tag)},
                    ".");
  JweHeaderParser parser(Limits(), Zip::kAllow);
  UnverifiedJwe jwe;
  JweHeader header;
  ASSERT_EQ(SplitJwe(token, Limits(), &jwe), R::kValid);
  ASSERT_EQ(parser.Parse(jwe.header, &header), R::kValid);
  const auto key =
      Decrypting(KeyManagement::kDir, Secret(std::string(16, 's')));
  IterationBudget iterations(0);
  InflateBudget inflated(1000);
  std::string plaintext;
  EXPECT_EQ(
      DecryptJwe(jwe, header, *key, {&iterations, &inflated, 1000}, &plaintext),
      R::kContentNotDeflate);
  EXPECT_EQ(plaintext, "");
}

}  // namespace
}  // namespace assay::jose
