#include "core/crypto/lane_verifier.h"

#include <atomic>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/key_material.h"
#include "core/crypto/lane.h"
#include "core/crypto/lane_key.h"
#include "core/crypto/signing_key.h"
#include "core/simd/kernels.h"
#include "core/simd/lane_verdict.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

constexpr int kMaxBits = 4096;

// A key pair, and what it can sign.
struct Pair {
  std::unique_ptr<SigningKey> signing;
  std::unique_ptr<VerifyingKey> verifying;
  std::vector<SignatureScheme> schemes;
};

Pair MakePair(absl::StatusOr<KeyMaterial> material,
              std::vector<SignatureScheme> schemes) {
  Pair pair;
  pair.signing = *SigningKey::Create(*material, kMaxBits);
  pair.verifying = *VerifyingKey::Create(*material, kMaxBits);
  pair.schemes = std::move(schemes);
  return pair;
}

std::vector<SignatureScheme> AllHashes(SignatureFamily family) {
  return {{family, Hash::kSha256},
          {family, Hash::kSha384},
          {family, Hash::kSha512}};
}

// Keys of every kind, RSA in two sizes of which no kernel knows the second.
const std::vector<Pair>& Pairs() {
  static const auto* const pairs = [] {
    auto* made = new std::vector<Pair>;
    made->push_back(
        MakePair(GenerateSymmetricKey(64), AllHashes(SignatureFamily::kHmac)));
    std::vector<SignatureScheme> rsa = AllHashes(SignatureFamily::kRsaPkcs1);
    for (SignatureScheme scheme : AllHashes(SignatureFamily::kRsaPss)) {
      rsa.push_back(scheme);
    }
    made->push_back(MakePair(GenerateRsaKey(2048), rsa));
    made->push_back(MakePair(GenerateRsaKey(2176), rsa));
    made->push_back(MakePair(GenerateRsaKey(3072), rsa));
    const auto ecdsa = [](Hash hash) {
      return std::vector<SignatureScheme>{{SignatureFamily::kEcdsa, hash}};
    };
    for (int i = 0; i < 2; ++i) {
      made->push_back(
          MakePair(GenerateEcKey(Curve::kP256), ecdsa(Hash::kSha256)));
      made->push_back(
          MakePair(GenerateEcKey(Curve::kP384), ecdsa(Hash::kSha384)));
      made->push_back(
          MakePair(GenerateEcKey(Curve::kP521), ecdsa(Hash::kSha512)));
      made->push_back(MakePair(GenerateEd25519Key(),
                               {{SignatureFamily::kEd25519, Hash::kSha512}}));
    }
    return made;
  }();
  return *pairs;
}

// A signature with all that its check refers to.
struct Signed {
  const Pair* pair;
  SignatureScheme scheme;
  std::string message;
  std::string signature;
  bool good;

  SignatureCheck Check() const {
    SignatureCheck check;
    check.key = pair->verifying.get();
    check.scheme = scheme;
    check.message = message;
    check.signature = signature;
    // The opposite of the answer, so that one that is not given is seen.
    check.valid = !good;
    return check;
  }
};

Signed Sign(const Pair& pair, SignatureScheme scheme, std::string message) {
  Signed made{&pair, scheme, std::move(message), "", true};
  made.signature.resize(pair.signing->SignatureLen(scheme));
  EXPECT_TRUE(pair.signing->Sign(
      scheme, made.message, reinterpret_cast<uint8_t*>(&made.signature[0])));
  return made;
}

// Spoils it in one of several ways.
void Damage(std::mt19937* random, Signed* made) {
  made->good = false;
  std::string& signature = made->signature;
  const size_t bit = (*random)() % (8 * signature.size());
  switch ((*random)() % 6) {
    case 0:
      signature.pop_back();
      return;
    case 1:
      signature.push_back('\0');
      return;
    case 2:
      signature.assign(signature.size(), '\0');
      return;
    case 3:
      signature.assign(signature.size(), '\xff');
      return;
    case 4:
      made->message += "!";
      return;
    default:
      signature[bit / 8] =
          static_cast<char>(signature[bit / 8] ^ (1 << bit % 8));
  }
}

// Some hundred signatures of every scheme, a third of them damaged.
const std::vector<Signed>& Corpus() {
  static const auto* const corpus = [] {
    auto* made = new std::vector<Signed>;
    std::mt19937 random(20221125);
    for (const Pair& pair : Pairs()) {
      for (SignatureScheme scheme : pair.schemes) {
        for (int i = 0; i < 24; ++i) {
          made->push_back(Sign(pair, scheme, std::string(random() % 400, 'm')));
          if (i % 3 == 1) Damage(&random, &made->back());
        }
      }
    }
    return made;
  }();
  return *corpus;
}

// Kernels from the first check on.
LaneOptions AtOnce() {
  LaneOptions options;
  options.test_after_checks = 0;
  return options;
}

std::vector<SignatureCheck> Verify(const LaneVerifier& verifier,
                                   const std::vector<const Signed*>& made,
                                   int64_t num_confirmations = 1000) {
  std::vector<SignatureCheck> checks;
  for (const Signed* one : made) checks.push_back(one->Check());
  std::atomic<int64_t> confirmations{num_confirmations};
  LaneScratch scratch;
  verifier.Verify(absl::MakeSpan(checks), &confirmations, &scratch);
  return checks;
}

size_t NumWrong(const std::vector<const Signed*>& made,
                const std::vector<SignatureCheck>& checks) {
  size_t num_wrong = 0;
  for (size_t i = 0; i < made.size(); ++i) {
    num_wrong += checks[i].valid == made[i]->good ? 0 : 1;
  }
  return num_wrong;
}

void ExpectRight(const std::vector<const Signed*>& made,
                 const std::vector<SignatureCheck>& checks) {
  for (size_t i = 0; i < made.size(); ++i) {
    EXPECT_EQ(checks[i].valid, made[i]->good)
        << "check " << i << " of " << made.size() << ", family "
        << static_cast<int>(made[i]->scheme.family) << ", hash "
        << static_cast<int>(made[i]->scheme.hash) << ", signature of "
        << made[i]->signature.size() << " bytes";
  }
}

void BuildTables(bool smallest) {
  for (const Pair& pair : Pairs()) {
    const auto& key = pair.verifying->lane_key();
    if (key == nullptr || key->window_sizes() == nullptr) continue;
    const int* bits = key->window_sizes();
    while (!smallest && bits[1] != 0) ++bits;
    key->ExchangeTable(KeyTable::Build(*key, *bits));
  }
}

void DropTables() {
  for (const Pair& pair : Pairs()) {
    if (pair.verifying->lane_key() != nullptr) {
      pair.verifying->lane_key()->ExchangeTable(nullptr);
    }
  }
}

TEST(LaneVerifierTest, AnswersAsBoringSslDoes) {
  for (const char* tables : {"none", "smallest", "largest"}) {
    DropTables();
    if (tables[0] != 'n') BuildTables(tables[0] == 's');
    const LaneVerifier verifier(simd::BestKernels(), AtOnce());
    std::mt19937 random(7);
    for (size_t size = 1; size <= LaneVerifier::kMaxChecks;
         size += size < 70 ? 1 : 31) {
      std::vector<const Signed*> made;
      for (size_t i = 0; i < size; ++i) {
        made.push_back(&Corpus()[random() % Corpus().size()]);
      }
      SCOPED_TRACE(tables);
      ExpectRight(made, Verify(verifier, made));
    }
    EXPECT_EQ(verifier.num_faults(), 0);
  }
  DropTables();
}

TEST(LaneVerifierTest, EveryKernelTakesPart) {
  DropTables();
  BuildTables(/*smallest=*/true);
  const LaneVerifier verifier(simd::BestKernels(), AtOnce());
  for (const Pair& pair : Pairs()) {
    std::vector<const Signed*> made;
    for (const Signed& one : Corpus()) {
      if (one.pair == &pair) made.push_back(&one);
    }
    ExpectRight(made, Verify(verifier, made));
  }
  for (size_t i = 0; i < kNumLanes; ++i) {
    const Lane lane = static_cast<Lane>(i);
    if (!verifier.IsOn(lane) || lane == Lane::kRsa4096) continue;
    const LaneCounts counts = verifier.Counts(lane);
    EXPECT_GT(counts.checks, 0) << LaneName(lane);
    EXPECT_GT(counts.confirmed, 0) << LaneName(lane);
    EXPECT_LT(counts.undecided, counts.checks) << LaneName(lane);
    EXPECT_EQ(counts.mismatches, 0) << LaneName(lane);
  }
  DropTables();
}

// Eight lanes of SHA-512 are slower than BoringSSL for one message.
TEST(LaneVerifierTest, OneHmacSha512IsLeftToBoringSsl) {
  const LaneVerifier verifier(simd::BestKernels(), AtOnce());
  for (const auto& [lane, hash] :
       {std::pair(Lane::kHmacSha384, Hash::kSha384),
        std::pair(Lane::kHmacSha512, Hash::kSha512)}) {
    if (!verifier.IsOn(lane)) GTEST_SKIP() << "no kernel";
    std::vector<const Signed*> made;
    for (const Signed& one : Corpus()) {
      const bool is_hmac = one.scheme.family == SignatureFamily::kHmac;
      const bool fits = is_hmac && one.scheme.hash == hash;
      if (fits && one.good) made.push_back(&one);
    }
    made.resize(2);
    const int64_t before = verifier.Counts(lane).checks;
    ExpectRight({made[0]}, Verify(verifier, {made[0]}));
    EXPECT_EQ(verifier.Counts(lane).checks, before);
    ExpectRight(made, Verify(verifier, made));
    EXPECT_EQ(verifier.Counts(lane).checks, before + 2);
  }
}

TEST(LaneVerifierTest, AllLanesPassTheirSelfTest) {
  const LaneVerifier verifier(simd::BestKernels(), AtOnce());
  verifier.TestAllLanes();
  EXPECT_EQ(verifier.num_faults(), 0);
  const simd::Kernels& kernels = simd::BestKernels();
  EXPECT_EQ(verifier.IsOn(Lane::kP256), kernels.p256 != nullptr);
  EXPECT_EQ(verifier.IsOn(Lane::kEd25519), kernels.ed25519 != nullptr);
  EXPECT_EQ(verifier.IsOn(Lane::kRsa2048), kernels.rsa2048 != nullptr);
  EXPECT_EQ(verifier.IsOn(Lane::kHmacSha256), kernels.sha256 != nullptr);
}

// The known answers' keys are published: a test key that was never replaced may
// be in use, with readers of its table.
TEST(LaneVerifierTest, TheSelfTestLeavesEqualKeysInUseAlone) {
  Ed25519Key rfc_8032_test_3;
  rfc_8032_test_3.x = absl::HexStringToBytes(
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  const auto key =
      VerifyingKey::Create(std::move(rfc_8032_test_3), kMaxBits).value();
  const std::shared_ptr<LaneKey>& lane_key = key->lane_key();
  LaneVerifier(simd::BestKernels(), AtOnce()).TestAllLanes();
  EXPECT_EQ(lane_key->table(), nullptr);

  lane_key->ExchangeTable(
      KeyTable::Build(*lane_key, lane_key->window_sizes()[0]));
  const KeyTable* const table = lane_key->table();
  LaneVerifier(simd::BestKernels(), AtOnce()).TestAllLanes();
  EXPECT_EQ(lane_key->table(), table);
}

TEST(LaneVerifierTest, SwitchedOffItLeavesAllToBoringSsl) {
  LaneOptions options;
  options.use_kernels = false;
  const LaneVerifier verifier(simd::BestKernels(), options);
  std::vector<const Signed*> made;
  for (size_t i = 0; i < LaneVerifier::kMaxChecks; ++i) {
    made.push_back(&Corpus()[i % Corpus().size()]);
  }
  ExpectRight(made, Verify(verifier, made));
  for (size_t i = 0; i < kNumLanes; ++i) {
    EXPECT_FALSE(verifier.IsOn(static_cast<Lane>(i)));
    EXPECT_EQ(verifier.Counts(static_cast<Lane>(i)).checks, 0);
  }
}

TEST(LaneVerifierDeathTest, RefusesMoreChecksThanItHasRoomFor) {
  const LaneVerifier verifier(simd::BestKernels(), AtOnce());
  const std::vector<const Signed*> made(LaneVerifier::kMaxChecks + 1,
                                        &Corpus()[0]);
  EXPECT_DEATH(Verify(verifier, made), "at most 256");
}

// Fails when it is asked for the first time, and never again.
std::atomic<bool> hashes_wrongly{false};

void HashWronglyOnce(const simd::Sha256Job* jobs, size_t num) {
  simd::BestKernels().sha256->hash(jobs, num);
  if (hashes_wrongly.exchange(false)) jobs[0].digest[0] ^= 1;
}

// Takes the message of a job for that of the one before it, beyond one block.
void HashMixingUpLongMessages(const simd::Sha256Job* jobs, size_t num) {
  std::vector<simd::Sha256Job> mixed_up(jobs, jobs + num);
  for (size_t i = 1; i < num; ++i) {
    if (jobs[i].message_len < 64 || jobs[i - 1].message_len < 64) continue;
    mixed_up[i].message = jobs[i - 1].message;
    mixed_up[i].message_len = jobs[i - 1].message_len;
  }
  simd::BestKernels().sha256->hash(mixed_up.data(), num);
}

TEST(LaneVerifierTest, TheSelfTestHashesMessagesOfManyLengths) {
  if (simd::BestKernels().sha256 == nullptr) GTEST_SKIP() << "no kernel";
  simd::Sha256Kernel kernel = *simd::BestKernels().sha256;
  kernel.hash = HashMixingUpLongMessages;
  simd::Kernels kernels = simd::BestKernels();
  kernels.sha256 = &kernel;
  const LaneVerifier verifier(kernels, LaneOptions());
  EXPECT_FALSE(verifier.IsOn(Lane::kHmacSha256));
  EXPECT_FALSE(verifier.IsOn(Lane::kP256));
  EXPECT_FALSE(verifier.IsOn(Lane::kRsa2048));
  EXPECT_TRUE(verifier.IsOn(Lane::kEd25519));
}

TEST(LaneVerifierTest, AFailedSelfTestIsFinalWhoeverElseIsTesting) {
  if (simd::BestKernels().sha256 == nullptr) GTEST_SKIP() << "no kernel";
  simd::Sha256Kernel kernel = *simd::BestKernels().sha256;
  kernel.hash = HashWronglyOnce;
  simd::Kernels kernels = simd::BestKernels();
  kernels.sha256 = &kernel;
  for (int round = 0; round < 300; ++round) {
    std::atomic<int> num_faults{0}, num_ready{0};
    LaneOptions options;
    options.on_fault = [&](Lane, LaneFault) { ++num_faults; };
    const LaneVerifier verifier(kernels, options);
    hashes_wrongly = true;
    const auto ask = [&] {
      ++num_ready;
      while (num_ready < 3) {
      }
      EXPECT_FALSE(verifier.IsOn(Lane::kHmacSha256));
    };
    std::thread one(ask), two(ask);
    ask();
    one.join();
    two.join();
    EXPECT_FALSE(verifier.IsOn(Lane::kHmacSha256)) << "round " << round;
    EXPECT_EQ(num_faults, 1);
  }
}

TEST(LaneVerifierTest, AFewChecksAreNotWorthATest) {
  LaneOptions options;
  options.test_after_checks = 10;
  const LaneVerifier verifier(simd::BestKernels(), options);
  std::vector<const Signed*> made;
  for (const Signed& one : Corpus()) {
    const bool is_ed25519 = one.scheme.family == SignatureFamily::kEd25519;
    if (is_ed25519 && one.signature.size() == 64) made.push_back(&one);
  }
  made.resize(10);
  ExpectRight(made, Verify(verifier, made));
  EXPECT_EQ(verifier.Counts(Lane::kEd25519).checks, 0);
  ExpectRight(made, Verify(verifier, made));
  EXPECT_EQ(verifier.Counts(Lane::kEd25519).checks, made.size());
}

// A kernel that goes wrong when it is told to: Ed25519, which every machine
// has.
std::atomic<int> injected_verdict{-1};

void FaultyVerify(const simd::Ed25519Job* jobs, size_t num,
                  simd::LaneVerdict* verdicts) {
  simd::BestKernels().ed25519->verify(jobs, num, verdicts);
  const int verdict = injected_verdict.load();
  for (size_t i = 0; verdict >= 0 && i < num; ++i) {
    verdicts[i] = static_cast<simd::LaneVerdict>(verdict);
  }
}

class FaultyKernelTest : public testing::Test {
 protected:
  FaultyKernelTest() : kernel_(*simd::BestKernels().ed25519) {
    kernels_ = simd::BestKernels();
    kernel_.verify = FaultyVerify;
    kernels_.ed25519 = &kernel_;
    options_.test_after_checks = 0;
    options_.on_fault = [this](Lane lane, LaneFault fault) {
      faults_.push_back({lane, fault});
    };
    for (const Signed& one : Corpus()) {
      if (one.scheme.family != SignatureFamily::kEd25519) continue;
      // Of the right length, for only then a kernel is asked.
      if (one.signature.size() == 64) {
        (one.good ? good_ : bad_).push_back(&one);
      }
    }
    DropTables();
    BuildTables(/*smallest=*/true);
  }
  ~FaultyKernelTest() override {
    injected_verdict = -1;
    DropTables();
  }

  void Inject(simd::LaneVerdict verdict) {
    injected_verdict = static_cast<int>(verdict);
  }

  simd::Ed25519Kernel kernel_;
  simd::Kernels kernels_;
  LaneOptions options_;
  std::vector<std::pair<Lane, LaneFault>> faults_;
  std::vector<const Signed*> good_, bad_;
};

TEST_F(FaultyKernelTest, AKernelThatFailsItsSelfTestIsNeverAsked) {
  bool is_on_when_told = true;
  const LaneVerifier* asked = nullptr;
  options_.on_fault = [&](Lane lane, LaneFault fault) {
    is_on_when_told = asked->IsOn(lane);
    faults_.push_back({lane, fault});
  };
  const LaneVerifier verifier(kernels_, options_);
  asked = &verifier;
  Inject(simd::LaneVerdict::kAccepted);
  ExpectRight(bad_, Verify(verifier, bad_));
  EXPECT_EQ(verifier.Counts(Lane::kEd25519).checks, 0);
  EXPECT_FALSE(is_on_when_told);
  ASSERT_EQ(faults_.size(), 1);
  EXPECT_EQ(faults_[0], std::make_pair(Lane::kEd25519, LaneFault::kSelfTest));
  EXPECT_EQ(verifier.num_faults(), 1);
  EXPECT_EQ(verifier.Fault(Lane::kEd25519), LaneFault::kSelfTest);
  EXPECT_FALSE(verifier.Fault(Lane::kP256).has_value());
}

TEST_F(FaultyKernelTest, AWrongRejectionIsFoundBeforeItIsTold) {
  const LaneVerifier verifier(kernels_, options_);
  verifier.TestAllLanes();
  Inject(simd::LaneVerdict::kRejected);
  ExpectRight(good_, Verify(verifier, good_));
  ASSERT_EQ(faults_.size(), 1);
  EXPECT_EQ(faults_[0].second, LaneFault::kWrongRejected);
  EXPECT_FALSE(verifier.IsOn(Lane::kEd25519));
  EXPECT_EQ(verifier.Counts(Lane::kEd25519).mismatches, 1);
}

TEST_F(FaultyKernelTest, AWrongAcceptanceIsFoundByASample) {
  options_.recheck_one_in = 64;
  const LaneVerifier verifier(kernels_, options_);
  verifier.TestAllLanes();
  Inject(simd::LaneVerdict::kAccepted);
  // What goes out before it is found: with chance (63/64)^n nothing is found
  // among n. 64 * 30 without a find would come once in 10^13 runs.
  size_t num_told = 0, num_wrong_after = 0;
  while (verifier.num_faults() == 0 && num_told < 64 * 30) {
    num_told += NumWrong(bad_, Verify(verifier, bad_));
  }
  EXPECT_EQ(verifier.num_faults(), 1);
  for (int i = 0; i < 100; ++i) {
    num_wrong_after += NumWrong(bad_, Verify(verifier, bad_));
  }
  EXPECT_EQ(num_wrong_after, 0);
  ASSERT_EQ(faults_.size(), 1);
  EXPECT_EQ(faults_[0].second, LaneFault::kWrongAccepted);
  RecordProperty("wrong_acceptances_before_detection",
                 static_cast<int>(num_told));
}

TEST_F(FaultyKernelTest, TheCallThatFindsAWrongAcceptanceTellsNone) {
  options_.recheck_one_in = 1;
  const LaneVerifier verifier(kernels_, options_);
  verifier.TestAllLanes();
  Inject(simd::LaneVerdict::kAccepted);
  ExpectRight(bad_, Verify(verifier, bad_));
  EXPECT_EQ(verifier.num_faults(), 1);
}

TEST_F(FaultyKernelTest, BeyondTheBudgetRejectionsAreBelieved) {
  const LaneVerifier verifier(kernels_, options_);
  verifier.TestAllLanes();
  ExpectRight(bad_, Verify(verifier, bad_, /*num_confirmations=*/2));
  EXPECT_EQ(verifier.Counts(Lane::kEd25519).confirmed, 2);
  Inject(simd::LaneVerdict::kRejected);
  EXPECT_EQ(NumWrong(good_, Verify(verifier, good_, 0)), good_.size());
  ExpectRight(good_, Verify(verifier, good_, 1));
}

TEST_F(FaultyKernelTest, WhatAKernelDoesNotDecideBoringSslDoes) {
  const LaneVerifier verifier(kernels_, options_);
  verifier.TestAllLanes();
  Inject(simd::LaneVerdict::kUndecided);
  ExpectRight(good_, Verify(verifier, good_));
  ExpectRight(bad_, Verify(verifier, bad_));
  EXPECT_EQ(verifier.Counts(Lane::kEd25519).undecided,
            good_.size() + bad_.size());
  EXPECT_EQ(verifier.num_faults(), 0);
}

}  // namespace
}  // namespace assay::crypto
