// Signing and verifying keys together: what one signs the other accepts, and
// what nobody signed is refused.
#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/signing_key.h"
#include "core/crypto/verifying_key.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

constexpr int kMaxBits = 8192;
constexpr absl::string_view kMessage = "header.payload";
using Family = SignatureFamily;

constexpr SignatureScheme kSchemes[] = {
    {Family::kHmac, Hash::kSha256},     {Family::kHmac, Hash::kSha384},
    {Family::kHmac, Hash::kSha512},     {Family::kRsaPkcs1, Hash::kSha256},
    {Family::kRsaPkcs1, Hash::kSha384}, {Family::kRsaPkcs1, Hash::kSha512},
    {Family::kRsaPss, Hash::kSha256},   {Family::kRsaPss, Hash::kSha384},
    {Family::kRsaPss, Hash::kSha512},   {Family::kEcdsa, Hash::kSha256},
    {Family::kEcdsa, Hash::kSha384},    {Family::kEcdsa, Hash::kSha512},
    {Family::kEd25519, Hash::kSha512},
};

// One key of every type.
const std::vector<KeyMaterial>& Keys() {
  static const auto* const keys = [] {
    auto* all = new std::vector<KeyMaterial>;
    all->push_back(GenerateSymmetricKey(64).value());
    all->push_back(GenerateRsaKey(2048).value());
    all->push_back(GenerateEcKey(Curve::kP256).value());
    all->push_back(GenerateEcKey(Curve::kP384).value());
    all->push_back(GenerateEcKey(Curve::kP521).value());
    all->push_back(GenerateEd25519Key().value());
    return all;
  }();
  return *keys;
}
const KeyMaterial& Rsa() { return Keys()[1]; }
const KeyMaterial& Ec(Curve curve) {
  return Keys()[2 + static_cast<int>(curve)];
}

struct Pair {
  std::unique_ptr<SigningKey> signer;
  std::unique_ptr<VerifyingKey> verifier;
};

Pair MakePair(const KeyMaterial& key) {
  return {SigningKey::Create(key, kMaxBits).value(),
          VerifyingKey::Create(key, kMaxBits).value()};
}

std::string Sign(const SigningKey& key, SignatureScheme scheme,
                 absl::string_view message = kMessage) {
  std::string signature(key.SignatureLen(scheme), '\0');
  EXPECT_TRUE(
      key.Sign(scheme, message, reinterpret_cast<uint8_t*>(&signature[0])));
  return signature;
}

// Verify, and the promise that BoringSSL's error queue stays empty.
bool Verify(const VerifyingKey& key, SignatureScheme scheme,
            absl::string_view message, absl::string_view signature) {
  const bool valid = key.Verify(scheme, message, signature);
  EXPECT_EQ(ERR_peek_error(), 0u);
  return valid;
}

// Calls `check` with every pair of keys and every scheme that they support.
template <typename Check>
int ForEachSupported(Check check) {
  int num = 0;
  for (const KeyMaterial& key : Keys()) {
    const Pair pair = MakePair(key);
    for (const SignatureScheme scheme : kSchemes) {
      EXPECT_EQ(pair.signer->Supports(scheme), pair.verifier->Supports(scheme));
      if (!pair.verifier->Supports(scheme)) continue;
      ++num;
      check(pair, scheme);
    }
  }
  return num;
}

TEST(SignatureTest, EverySchemeHasExactlyOneKeyThatSignsAndVerifies) {
  const int num = ForEachSupported([](const Pair& pair,
                                      SignatureScheme scheme) {
    for (const absl::string_view message : {absl::string_view(), kMessage}) {
      const std::string signature = Sign(*pair.signer, scheme, message);
      EXPECT_EQ(signature.size(), pair.verifier->SignatureLen(scheme));
      EXPECT_TRUE(Verify(*pair.verifier, scheme, message, signature));
    }
  });
  // Ed25519 fixes its own hash, and is listed once.
  EXPECT_EQ(num, 13);
}

TEST(SignatureTest, AnotherMessageIsRejected) {
  ForEachSupported([](const Pair& pair, SignatureScheme scheme) {
    const std::string signature = Sign(*pair.signer, scheme);
    EXPECT_FALSE(Verify(*pair.verifier, scheme, "Header.payload", signature));
    EXPECT_FALSE(Verify(*pair.verifier, scheme, "", signature));
  });
}

TEST(SignatureTest, AFlippedBitAnywhereIsRejected) {
  ForEachSupported([](const Pair& pair, SignatureScheme scheme) {
    const std::string signature = Sign(*pair.signer, scheme);
    for (size_t byte = 0; byte < signature.size(); ++byte) {
      std::string flipped = signature;
      flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << byte % 8));
      ASSERT_FALSE(Verify(*pair.verifier, scheme, kMessage, flipped)) << byte;
    }
  });
}

TEST(SignatureTest, EveryOtherLengthIsRejected) {
  ForEachSupported([](const Pair& pair, SignatureScheme scheme) {
    const std::string signature = Sign(*pair.signer, scheme);
    for (size_t len = 0; len < signature.size(); ++len) {
      ASSERT_FALSE(
          Verify(*pair.verifier, scheme, kMessage, signature.substr(0, len)))
          << len;
    }
    EXPECT_FALSE(Verify(*pair.verifier, scheme, kMessage, signature + '\0'));
    EXPECT_FALSE(Verify(*pair.verifier, scheme, kMessage, '\0' + signature));
    EXPECT_FALSE(
        Verify(*pair.verifier, scheme, kMessage, signature + signature));
  });
}

TEST(SignatureTest, AnotherKeyIsRejected) {
  for (const KeyMaterial& other :
       {GenerateSymmetricKey(64).value(), GenerateRsaKey(2048).value(),
        GenerateEcKey(Curve::kP256).value(), GenerateEd25519Key().value()}) {
    const Pair other_pair = MakePair(other);
    ForEachSupported([&](const Pair& pair, SignatureScheme scheme) {
      if (!other_pair.verifier->Supports(scheme)) return;
      EXPECT_FALSE(Verify(*other_pair.verifier, scheme, kMessage,
                          Sign(*pair.signer, scheme)));
    });
  }
}

// Algorithm confusion, on the level of keys: a key never checks a signature of
// another family, whatever the bytes.
TEST(SignatureTest, AKeyRefusesEverySchemeThatItDoesNotSupport) {
  for (const KeyMaterial& key : Keys()) {
    const Pair pair = MakePair(key);
    for (const SignatureScheme scheme : kSchemes) {
      if (pair.verifier->Supports(scheme)) continue;
      std::string signature(8192, '\0');
      EXPECT_FALSE(pair.signer->Sign(
          scheme, kMessage, reinterpret_cast<uint8_t*>(&signature[0])));
      EXPECT_EQ(signature, std::string(8192, '\0'));
      for (const size_t len : {0, 32, 48, 64, 96, 132, 256}) {
        EXPECT_FALSE(Verify(*pair.verifier, scheme, kMessage,
                            absl::string_view(signature).substr(0, len)));
      }
    }
  }
}

// RFC 7518 3.4: each curve has one hash.
TEST(SignatureTest, AnEcKeySupportsOnlyTheHashOfItsCurve) {
  for (const Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
    const Pair pair = MakePair(Ec(curve));
    for (const Hash hash : {Hash::kSha256, Hash::kSha384, Hash::kSha512}) {
      EXPECT_EQ(pair.verifier->Supports({Family::kEcdsa, hash}),
                static_cast<int>(curve) == static_cast<int>(hash));
    }
  }
}

// CVE-2022-21449: r, s in {0, 1, n - 1, n, n + 1, 2^k - 1}.
TEST(SignatureTest, PsychicSignaturesAreRejected) {
  constexpr Hash kHashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};
  const char* const kOrders[] = {
      "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
      "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
      "581a0db248b0a77aecec196accc52973",
      "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
      "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"};
  for (int i = 0; i < 3; ++i) {
    const Curve curve = static_cast<Curve>(i);
    const size_t len = CurveCoordinateLen(curve);
    const Pair pair = MakePair(Ec(curve));
    const SignatureScheme scheme{Family::kEcdsa, kHashes[i]};
    const std::string n = absl::HexStringToBytes(kOrders[i]);
    ASSERT_EQ(n.size(), len);
    std::string n_minus_1 = n, n_plus_1 = n;
    --n_minus_1.back();
    ++n_plus_1.back();
    const std::string good = Sign(*pair.signer, scheme);
    const std::string numbers[] = {std::string(len, '\0'),
                                   std::string(len - 1, '\0') + '\1',
                                   n_minus_1,
                                   n,
                                   n_plus_1,
                                   std::string(len, '\xff'),
                                   good.substr(0, len),
                                   good.substr(len)};
    for (const std::string& r : numbers) {
      for (const std::string& s : numbers) {
        if (r + s == good) continue;
        EXPECT_FALSE(Verify(*pair.verifier, scheme, kMessage, r + s))
            << absl::BytesToHexString(r + s);
      }
    }
  }
}

// r + n stands for the same residue as r: only one of them may verify.
TEST(SignatureTest, EcdsaNumbersAreNotReducedModuloTheOrder) {
  const Pair pair = MakePair(Ec(Curve::kP521));
  const SignatureScheme scheme{Family::kEcdsa, Hash::kSha512};
  const std::string good = Sign(*pair.signer, scheme);
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_secp521r1));
  const BIGNUM* order = EC_GROUP_get0_order(EC_KEY_get0_group(ec.get()));
  for (const size_t at : {0, 66}) {
    bssl::UniquePtr<BIGNUM> number(BN_bin2bn(Bytes(good) + at, 66, nullptr));
    ASSERT_TRUE(BN_add(number.get(), number.get(), order));
    std::string bad = good;
    ASSERT_TRUE(BN_bn2bin_padded(reinterpret_cast<uint8_t*>(&bad[at]), 66,
                                 number.get()));
    EXPECT_FALSE(Verify(*pair.verifier, scheme, kMessage, bad));
  }
}

// pitfalls: splitting at len/2 lets 65 bytes pass.
TEST(SignatureTest, RejectsEs256SignaturesOf63And65And66Bytes) {
  const Pair pair = MakePair(Ec(Curve::kP256));
  const SignatureScheme scheme{Family::kEcdsa, Hash::kSha256};
  const std::string good = Sign(*pair.signer, scheme);
  const std::string zero(1, '\0');
  const std::string r = good.substr(0, 32), s = good.substr(32);
  for (const std::string& bad :
       {good + zero, zero + good, zero + r + zero + s, r + zero + s,
        good.substr(1), good.substr(0, 63), r}) {
    EXPECT_FALSE(Verify(*pair.verifier, scheme, kMessage, bad)) << bad.size();
  }
}

// pitfalls: R||S, never DER.
TEST(SignatureTest, RejectsEcdsaSignaturesInDer) {
  for (int i = 0; i < 3; ++i) {
    const Curve curve = static_cast<Curve>(i);
    const size_t len = CurveCoordinateLen(curve);
    const Pair pair = MakePair(Ec(curve));
    const SignatureScheme scheme{Family::kEcdsa, static_cast<Hash>(i)};
    const std::string good = Sign(*pair.signer, scheme);
    bssl::UniquePtr<ECDSA_SIG> sig(ECDSA_SIG_new());
    ECDSA_SIG_set0(sig.get(), BN_bin2bn(Bytes(good), len, nullptr),
                   BN_bin2bn(Bytes(good) + len, len, nullptr));
    uint8_t* der = nullptr;
    size_t der_len = 0;
    ASSERT_TRUE(ECDSA_SIG_to_bytes(&der, &der_len, sig.get()));
    EXPECT_FALSE(
        Verify(*pair.verifier, scheme, kMessage,
               absl::string_view(reinterpret_cast<const char*>(der), der_len)));
    OPENSSL_free(der);
  }
}

// pitfalls: the PSS salt is exactly as long as the hash, MGF1's hash the same.
TEST(SignatureTest, RejectsPssOfOtherSaltLengthsAndMgf1Hashes) {
  const RsaKey& key = absl::get<RsaKey>(Rsa());
  const Pair pair = MakePair(Rsa());
  bssl::UniquePtr<RSA> rsa(RSA_new());
  const auto number = [](absl::string_view bytes) {
    return BN_bin2bn(Bytes(bytes), bytes.size(), nullptr);
  };
  RSA_set0_key(rsa.get(), number(key.n), number(key.e),
               number(key.secret->d.view()));
  uint8_t digest[32];
  SHA256(Bytes(kMessage), kMessage.size(), digest);
  const auto sign = [&](const EVP_MD* mgf1, int salt_len) {
    std::string signature(256, '\0');
    size_t len = 0;
    EXPECT_TRUE(RSA_sign_pss_mgf1(
        rsa.get(), &len, reinterpret_cast<uint8_t*>(&signature[0]), 256, digest,
        32, EVP_sha256(), mgf1, salt_len));
    return signature;
  };
  const SignatureScheme scheme{Family::kRsaPss, Hash::kSha256};
  EXPECT_TRUE(Verify(*pair.verifier, scheme, kMessage, sign(EVP_sha256(), 32)));
  for (const int salt_len : {0, 20, 31, 33, 48, 64, 222}) {
    EXPECT_FALSE(
        Verify(*pair.verifier, scheme, kMessage, sign(EVP_sha256(), salt_len)))
        << salt_len;
  }
  EXPECT_FALSE(
      Verify(*pair.verifier, scheme, kMessage, sign(EVP_sha384(), 32)));
  EXPECT_FALSE(Verify(*pair.verifier, {Family::kRsaPkcs1, Hash::kSha256},
                      kMessage, sign(EVP_sha256(), 32)));
}

TEST(SignatureTest, RejectsAnRsaSignatureNotBelowTheModulus) {
  const RsaKey& key = absl::get<RsaKey>(Rsa());
  const Pair pair = MakePair(Rsa());
  const SignatureScheme scheme{Family::kRsaPkcs1, Hash::kSha256};
  for (const std::string& signature :
       {key.n, std::string(256, '\xff'), std::string(256, '\0'),
        std::string(255, '\0') + '\1'}) {
    EXPECT_FALSE(Verify(*pair.verifier, scheme, kMessage, signature));
  }
}

TEST(SignatureTest, AShortSecretSupportsOnlyShorterHashes) {
  const Pair pair = MakePair(GenerateSymmetricKey(47).value());
  EXPECT_TRUE(pair.verifier->Supports({Family::kHmac, Hash::kSha256}));
  EXPECT_FALSE(pair.verifier->Supports({Family::kHmac, Hash::kSha384}));
  EXPECT_FALSE(pair.verifier->Supports({Family::kHmac, Hash::kSha512}));
}

TEST(SignatureTest, APublicKeyCannotSign) {
  for (const KeyMaterial& key : Keys()) {
    if (IsSymmetric(key)) continue;
    const auto signer = SigningKey::Create(PublicHalf(key), kMaxBits);
    EXPECT_EQ(signer.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(VerifyingKey::Create(PublicHalf(key), kMaxBits).ok());
  }
}

TEST(SignatureTest, AnX25519KeyIsNotPrepared) {
  const KeyMaterial key = GenerateX25519Key().value();
  const auto signing_key = SigningKey::Create(key, kMaxBits);
  const auto verifying_key = VerifyingKey::Create(PublicHalf(key), kMaxBits);
  EXPECT_EQ(signing_key.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(verifying_key.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(SignatureTest, AnInvalidKeyIsNotPrepared) {
  EXPECT_FALSE(VerifyingKey::Create(SymmetricKey{}, kMaxBits).ok());
  EXPECT_FALSE(SigningKey::Create(SymmetricKey{}, kMaxBits).ok());
  EXPECT_FALSE(VerifyingKey::Create(Rsa(), 2047).ok());
  EXPECT_FALSE(SigningKey::Create(Rsa(), 2047).ok());
  EXPECT_FALSE(VerifyingKey::Create(EcKey{}, kMaxBits).ok());
}

TEST(SignatureTest, EcdsaSignaturesDifferEachTimeOthersOfNoSaltDoNot) {
  ForEachSupported([](const Pair& pair, SignatureScheme scheme) {
    const bool random =
        scheme.family == Family::kEcdsa || scheme.family == Family::kRsaPss;
    EXPECT_EQ(Sign(*pair.signer, scheme) != Sign(*pair.signer, scheme), random);
  });
}

// Thread safety: one key of each type, used by several threads from its very
// first operation on (BoringSSL fills an RSA key's caches then).
TEST(SignatureTest, KeysAreSharedByThreads) {
  for (const KeyMaterial& key : Keys()) {
    const Pair pair = MakePair(key);
    const SignatureScheme scheme = *std::find_if(
        std::begin(kSchemes), std::end(kSchemes),
        [&](SignatureScheme s) { return pair.verifier->Supports(s); });
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          EXPECT_TRUE(Verify(*pair.verifier, scheme, kMessage,
                             Sign(*pair.signer, scheme)));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

TEST(SignatureTest, CostsGrowWithTheWork) {
  for (const KeyMaterial& key : Keys()) {
    EXPECT_GT(MakePair(key).verifier->VerifyCostNs(), 0u);
    EXPECT_GT(MakePair(key).signer->SignCostNs(), 0u);
  }
  EXPECT_LT(MakePair(Rsa()).verifier->VerifyCostNs(),
            MakePair(Rsa()).signer->SignCostNs());
  EXPECT_LT(MakePair(Ec(Curve::kP256)).verifier->VerifyCostNs(),
            MakePair(Ec(Curve::kP521)).verifier->VerifyCostNs());
}

}  // namespace
}  // namespace assay::crypto
