#include "tests/differential/kernel_soak.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/base/limits.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/key_material.h"
#include "core/crypto/lane.h"
#include "core/crypto/lane_key.h"
#include "core/crypto/lane_verifier.h"
#include "core/crypto/signing_key.h"
#include "core/crypto/verifying_key.h"
#include "core/simd/kernels.h"

namespace assay::soak {
namespace {

using crypto::Curve;
using crypto::Hash;
using crypto::KeyMaterial;
using crypto::SignatureFamily;
using crypto::SignatureScheme;

constexpr size_t kNumKeys = 12;
constexpr size_t kMaxBatch = 64;
constexpr size_t kMaxMessageLen = 700;
constexpr size_t kPoolSize = 256;

using MakeKey = absl::StatusOr<KeyMaterial> (*)();

// Numbers at which arithmetic goes wrong if it does, big-endian.
struct EdgeNumbers {
  std::string order;  // n, L, or an RSA modulus.
  std::string prime;  // p; empty for RSA.
};

EdgeNumbers EdgesOf(Curve curve) {
  const auto hex = [](const char* text) {
    return absl::HexStringToBytes(text);
  };
  switch (curve) {
    case Curve::kP256:
      return {hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63"
                  "2551"),
              hex("ffffffff00000001000000000000000000000000ffffffffffffffffffff"
                  "ffff")};
    case Curve::kP384:
      return {
          hex("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f437"
              "2ddf581a0db248b0a77aecec196accc52973"),
          hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
              "ffeffffffff0000000000000000ffffffff")};
    case Curve::kP521:
      break;
  }
  return {
      hex("01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
          "ffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e913864"
          "09"),
      hex("01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
          "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
          "ff")};
}

// `number` + `delta`, of the same length; wraps.
std::string Add(std::string number, int delta) {
  for (size_t i = number.size(); i-- > 0 && delta != 0;) {
    const int sum = static_cast<uint8_t>(number[i]) + delta;
    number[i] = static_cast<char>(sum & 0xff);
    delta = (sum - (sum & 0xff)) / 256;
  }
  return number;
}

class KeySubject final : public Subject {
 public:
  KeySubject(std::string name, SignatureScheme scheme, MakeKey make_key,
             uint64_t seed)
      : name_(std::move(name)),
        scheme_(scheme),
        make_key_(make_key),
        random_(seed),
        verifier_(simd::BestKernels(), TrustingOptions()) {}

  absl::string_view name() const override { return name_; }

  void NewKeys() override {
    keys_.clear();
    for (size_t i = 0; i < kNumKeys; ++i) {
      const KeyMaterial material = *make_key_();
      Key key;
      key.signing = *crypto::SigningKey::Create(material, kMaxRsaModulusBits);
      key.verifying =
          *crypto::VerifyingKey::Create(material, kMaxRsaModulusBits);
      key.edges = EdgesOfMaterial(material);
      GiveTable(i, *key.verifying);
      keys_.push_back(std::move(key));
    }
    // Signing is slow beside verifying: each good signature serves many cases.
    pool_.clear();
    for (size_t i = 0; i < kPoolSize; ++i) pool_.push_back(Sign());
  }

  void Round(size_t num, Tally* tally, std::string* first_mismatch) override {
    if (keys_.empty()) NewKeys();
    for (size_t done = 0; done < num;) {
      const size_t batch_size = 1 + random_() % kMaxBatch;
      RunBatch(batch_size, tally, first_mismatch);
      done += batch_size;
    }
    const crypto::Lane lane = verifier_.LaneOf(*keys_[0].verifying, scheme_);
    tally->undecided = verifier_.Counts(lane).undecided;
  }

  bool has_kernel() {
    if (keys_.empty()) NewKeys();
    return verifier_.LaneOf(*keys_[0].verifying, scheme_) !=
           crypto::Lane::kNone;
  }

 private:
  struct Key {
    std::unique_ptr<crypto::SigningKey> signing;
    std::unique_ptr<crypto::VerifyingKey> verifying;
    EdgeNumbers edges;
  };
  struct Case {
    const Key* key;
    std::string message;
    std::string signature;
    const char* kind;
  };

  // What the kernels say, not what BoringSSL makes of it.
  static crypto::LaneOptions TrustingOptions() {
    crypto::LaneOptions options;
    options.recheck_one_in = 0;
    options.test_after_checks = 0;
    return options;
  }

  EdgeNumbers EdgesOfMaterial(const KeyMaterial& material) const {
    if (const auto* ec = absl::get_if<crypto::EcKey>(&material)) {
      return EdgesOf(ec->curve);
    }
    if (const auto* rsa = absl::get_if<crypto::RsaKey>(&material)) {
      return {rsa->n, ""};
    }
    return {
        absl::HexStringToBytes("1000000000000000000000000000000014def9dea2f7"
                               "9cd65812631a5cf5d3ed"),
        absl::HexStringToBytes("7fffffffffffffffffffffffffffffffffffffffffff"
                               "ffffffffffffffffffed")};
  }

  // Keys in turn have no table, the smallest, the next, and so on.
  void GiveTable(size_t which, const crypto::VerifyingKey& key) {
    const auto& lane_key = key.lane_key();
    if (lane_key == nullptr || lane_key->window_sizes() == nullptr) return;
    size_t num_sizes = 0;
    while (lane_key->window_sizes()[num_sizes] != 0) ++num_sizes;
    const size_t size = which % (num_sizes + 1);
    if (size == num_sizes) return;
    lane_key->ExchangeTable(
        crypto::KeyTable::Build(*lane_key, lane_key->window_sizes()[size]));
  }

  void RunBatch(size_t batch_size, Tally* tally, std::string* first_mismatch) {
    std::vector<Case> cases;
    for (size_t i = 0; i < batch_size; ++i) cases.push_back(MakeCase());
    std::vector<crypto::SignatureCheck> checks(batch_size);
    for (size_t i = 0; i < batch_size; ++i) {
      checks[i].key = cases[i].key->verifying.get();
      checks[i].scheme = scheme_;
      checks[i].message = cases[i].message;
      checks[i].signature = cases[i].signature;
    }
    std::atomic<int64_t> confirmations{0};
    verifier_.Verify(absl::MakeSpan(checks), &confirmations, &scratch_);
    for (size_t i = 0; i < batch_size; ++i) {
      const bool expected = cases[i].key->verifying->Verify(
          scheme_, cases[i].message, cases[i].signature);
      if (checks[i].valid != expected) {
        ++tally->mismatches;
        if (first_mismatch->empty()) {
          *first_mismatch = Describe(cases[i], i, batch_size, expected);
        }
      } else {
        ++(expected ? tally->good : tally->bad);
      }
    }
  }

  std::string Describe(const Case& bad, size_t place, size_t batch_size,
                       bool expected) const {
    return absl::StrCat(
        name_, ": BoringSSL says ", expected ? "good" : "bad", " of a ",
        bad.kind, " signature, the kernel the opposite, at place ", place,
        " of ", batch_size, "; message ", absl::BytesToHexString(bad.message),
        ", signature ", absl::BytesToHexString(bad.signature));
  }

  // A fresh message with its signature, under one of the keys.
  Case Sign() {
    Case made{&keys_[random_() % keys_.size()], "", "", "good"};
    made.message.resize(random_() % kMaxMessageLen);
    for (char& c : made.message) c = static_cast<char>(random_());
    made.signature.resize(made.key->signing->SignatureLen(scheme_));
    if (!made.key->signing->Sign(
            scheme_, made.message,
            reinterpret_cast<uint8_t*>(&made.signature[0]))) {
      std::fprintf(stderr, "%s: signing failed\n", name_.c_str());
      std::abort();
    }
    return made;
  }

  Case MakeCase() {
    Case made = pool_[random_() % pool_.size()];
    if (random_() % 2 == 0) Spoil(&made);
    return made;
  }

  void Spoil(Case* made) {
    std::string& signature = made->signature;
    switch (random_() % 6) {
      case 0:
        made->kind = "bit-flipped";
        FlipBit(&signature);
        return;
      case 1:
        made->kind = "moved";
        made->message.push_back('x');
        return;
      case 2:
        made->kind = "foreign";
        made->key = &keys_[random_() % keys_.size()];
        return;
      case 3:
        made->kind = "random";
        for (char& c : signature) c = static_cast<char>(random_());
        return;
      default:
        made->kind = "edge-number";
        PutEdge(made);
    }
  }

  void FlipBit(std::string* signature) {
    const size_t bit = random_() % (8 * signature->size());
    (*signature)[bit / 8] =
        static_cast<char>((*signature)[bit / 8] ^ (1 << bit % 8));
  }

  // One half of the signature (or, for RSA, the whole) becomes 0, a small
  // number, or one near the order, the prime or the largest of all.
  void PutEdge(Case* made) {
    const EdgeNumbers& edges = made->key->edges;
    std::string number;
    switch (random_() % 4) {
      case 0:
        number.assign(edges.order.size(), '\0');
        break;
      case 1:
        number.assign(edges.order.size(), '\xff');
        break;
      case 2:
        number = edges.prime.empty() ? edges.order : edges.prime;
        break;
      default:
        number = edges.order;
    }
    number = Add(number, static_cast<int>(random_() % 7) - 3);
    std::string& signature = made->signature;
    if (scheme_.family == SignatureFamily::kEd25519) {
      std::reverse(number.begin(), number.end());
      number[31] = static_cast<char>(number[31] ^ (random_() % 2 << 7));
    }
    if (number.size() > signature.size()) return FlipBit(&signature);
    const size_t place = random_() % (signature.size() / number.size());
    signature.replace(place * number.size(), number.size(), number);
  }

  const std::string name_;
  const SignatureScheme scheme_;
  const MakeKey make_key_;
  std::mt19937_64 random_;
  const crypto::LaneVerifier verifier_;
  crypto::LaneScratch scratch_;
  std::vector<Key> keys_;
  std::vector<Case> pool_;  // Good signatures under these keys.
};

}  // namespace

std::vector<std::unique_ptr<Subject>> AllSubjects(uint64_t seed) {
  struct Entry {
    const char* name;
    SignatureScheme scheme;
    MakeKey make_key;
  };
  const MakeKey secret = [] { return crypto::GenerateSymmetricKey(64); };
  const MakeKey rsa2048 = [] { return crypto::GenerateRsaKey(2048); };
  const MakeKey rsa3072 = [] { return crypto::GenerateRsaKey(3072); };
  const MakeKey rsa4096 = [] { return crypto::GenerateRsaKey(4096); };
  const Entry entries[] = {
      {"HS256", {SignatureFamily::kHmac, Hash::kSha256}, secret},
      {"HS384", {SignatureFamily::kHmac, Hash::kSha384}, secret},
      {"HS512", {SignatureFamily::kHmac, Hash::kSha512}, secret},
      {"RS256_2048", {SignatureFamily::kRsaPkcs1, Hash::kSha256}, rsa2048},
      {"RS512_3072", {SignatureFamily::kRsaPkcs1, Hash::kSha512}, rsa3072},
      {"RS384_4096", {SignatureFamily::kRsaPkcs1, Hash::kSha384}, rsa4096},
      {"PS256_2048", {SignatureFamily::kRsaPss, Hash::kSha256}, rsa2048},
      {"PS384_3072", {SignatureFamily::kRsaPss, Hash::kSha384}, rsa3072},
      {"PS512_4096", {SignatureFamily::kRsaPss, Hash::kSha512}, rsa4096},
      {"ES256",
       {SignatureFamily::kEcdsa, Hash::kSha256},
       [] { return crypto::GenerateEcKey(Curve::kP256); }},
      {"ES384",
       {SignatureFamily::kEcdsa, Hash::kSha384},
       [] { return crypto::GenerateEcKey(Curve::kP384); }},
      {"ES512",
       {SignatureFamily::kEcdsa, Hash::kSha512},
       [] { return crypto::GenerateEcKey(Curve::kP521); }},
      {"EdDSA",
       {SignatureFamily::kEd25519, Hash::kSha512},
       [] { return crypto::GenerateEd25519Key(); }},
  };
  std::vector<std::unique_ptr<Subject>> subjects;
  for (const Entry& entry : entries) {
    auto subject = std::make_unique<KeySubject>(entry.name, entry.scheme,
                                                entry.make_key, seed++);
    if (subject->has_kernel()) subjects.push_back(std::move(subject));
  }
  return subjects;
}

}  // namespace assay::soak
