// The Ed25519 kernels against BoringSSL: every verdict must be BoringSSL's, for
// signatures good, corrupted and made to be awkward, at every place in a
// vector, in every size of batch, with every size of table and without one.
#include <openssl/base.h>
#ifndef OPENSSL_IS_BORINGSSL
#error "BoringSSL's headers were not found"
#endif
#include <openssl/curve25519.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "core/json/reader.h"
#include "core/simd/ed25519/ed25519_avx512.h"
#include "core/simd/ed25519/ed25519_kernel.h"
#include "core/simd/ed25519/ed25519_portable.h"
#include "gtest/gtest.h"
#include "tests/kernels/ed25519/reference.h"

namespace assay::simd {
namespace {

// One signature, and what BoringSSL says of it.
struct Case {
  std::string what;
  Bytes32 key;
  Bytes64 signature;
  Bytes64 challenge;
  bool good;
};

Bytes64 Join(const Bytes32& a, const Bytes32& b) {
  Bytes64 both;
  std::copy(a.begin(), a.end(), both.begin());
  std::copy(b.begin(), b.end(), both.begin() + a.size());
  return both;
}

Bytes64 ChallengeOf(const Bytes32& r, const Bytes32& key,
                    std::string_view message) {
  Bytes64 challenge;
  SHA512_CTX context;
  SHA512_Init(&context);
  SHA512_Update(&context, r.data(), r.size());
  SHA512_Update(&context, key.data(), key.size());
  SHA512_Update(&context, message.data(), message.size());
  SHA512_Final(challenge.data(), &context);
  return challenge;
}

Case CaseOf(std::string what, const Bytes32& key, const Bytes64& signature,
            std::string_view message) {
  Bytes32 r;
  std::copy_n(signature.begin(), r.size(), r.begin());
  const bool good =
      ED25519_verify(reinterpret_cast<const uint8_t*>(message.data()),
                     message.size(), signature.data(), key.data()) == 1;
  return {std::move(what), key, signature, ChallengeOf(r, key, message), good};
}

// A case that no message is known for.
Case CaseOfChallenge(std::string what, const Bytes32& key,
                     const Bytes64& signature, const Bytes64& challenge) {
  return {std::move(what), key, signature, challenge,
          VerifyByReference(key, signature, challenge)};
}

uint64_t Seed() {
  static const uint64_t seed = [] {
    const char* const text = std::getenv("ASSAY_TEST_SEED");
    const uint64_t value =
        text != nullptr ? std::strtoull(text, nullptr, 10) : 20260731;
    std::cout << "ASSAY_TEST_SEED=" << value << "\n";
    return value;
  }();
  return seed;
}

class Random {
 public:
  explicit Random(uint64_t stream) : engine_(Seed() ^ stream) {}

  size_t Below(size_t limit) { return engine_() % limit; }
  template <typename Bytes>
  Bytes Fill() {
    Bytes bytes;
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(engine_());
    return bytes;
  }
  std::string Message() {
    std::string message(Below(100), '\0');
    for (char& c : message) c = static_cast<char>(engine_());
    return message;
  }
  Number ScalarNumber() {
    const Bytes64 bytes = Fill<Bytes64>();
    return Number::FromBytes(bytes.data(), bytes.size()) % GroupOrder();
  }

 private:
  std::mt19937_64 engine_;
};

// A key whose secret scalar is known: A = a·B + T.
struct Signer {
  Number scalar;
  ReferencePoint torsion;
  Bytes32 key;
};

Signer SignerOf(const Number& scalar, int t) {
  const ReferencePoint torsion = SmallOrderPoint(t);
  return {scalar, torsion, EncodePoint(scalar * ReferenceBase() + torsion)};
}

// The signature with R = r·B + T' that holds but for components of small order.
Bytes64 SignWithTorsion(const Signer& signer, const Number& r, int t,
                        std::string_view message) {
  const Bytes32 encoded_r =
      EncodePoint(r * ReferenceBase() + SmallOrderPoint(t));
  const Bytes64 challenge = ChallengeOf(encoded_r, signer.key, message);
  const Number h = Number::FromBytes(challenge.data(), challenge.size());
  const Number s = (r + h * signer.scalar) % GroupOrder();
  return Join(encoded_r, s.ToBytes32());
}

void AddGood(Random* random, int num_keys, int per_key,
             std::vector<Case>* cases) {
  for (int i = 0; i < num_keys; ++i) {
    const Bytes32 seed = random->Fill<Bytes32>();
    Bytes32 key;
    Bytes64 secret;
    ED25519_keypair_from_seed(key.data(), secret.data(), seed.data());
    for (int j = 0; j < per_key; ++j) {
      const std::string message = random->Message();
      Bytes64 signature;
      ED25519_sign(signature.data(),
                   reinterpret_cast<const uint8_t*>(message.data()),
                   message.size(), secret.data());
      cases->push_back(CaseOf("good", key, signature, message));
    }
  }
}

// Every bit of a signature, and some of its challenge.
void AddCorrupted(Random* random, std::vector<Case>* cases) {
  std::vector<Case> good;
  AddGood(random, 2, 1, &good);
  for (const Case& original : good) {
    for (size_t bit = 0; bit < 512; ++bit) {
      Case bad = original;
      bad.signature[bit / 8] ^= 1 << (bit % 8);
      bad.what = "signature bit " + std::to_string(bit);
      bad.good = false;  // The challenge is not even that of another R.
      cases->push_back(bad);
    }
    for (size_t bit = 0; bit < 512; bit += 7) {
      Case bad = original;
      bad.challenge[bit / 8] ^= 1 << (bit % 8);
      bad.what = "challenge bit " + std::to_string(bit);
      bad.good = false;
      cases->push_back(bad);
    }
    cases->push_back(
        CaseOf("another message", original.key, original.signature, "other"));
  }
  std::swap(good[0].key, good[1].key);
  for (Case& swapped : good) {
    swapped.good = false;
    swapped.what = "another key";
    cases->push_back(swapped);
  }
}

Number PowerOfTwo(int exponent) {
  Number power = 1;
  for (int i = 0; i < exponent; ++i) power = power + power;
  return power;
}

// S at and above L, and what is the same modulo L.
void AddScalarRange(Random* random, std::vector<Case>* cases) {
  std::vector<Case> good;
  AddGood(random, 2, 2, &good);
  const Number& order = GroupOrder();
  for (const Case& original : good) {
    Bytes32 r;
    std::copy_n(original.signature.begin(), 32, r.begin());
    const Number s = Number::FromBytes(original.signature.data() + 32, 32);
    std::vector<Number> others = {0,
                                  1,
                                  order - Number(1),
                                  order,
                                  order + Number(1),
                                  s + order,
                                  s + order + order,
                                  PowerOfTwo(252),
                                  PowerOfTwo(253),
                                  order - s,
                                  PowerOfTwo(256) - Number(1)};
    for (int i = 0; i < 5; ++i) others.push_back(s + PowerOfTwo(251 + i));
    for (const Number& other : others) {
      const Bytes64 signature = Join(r, other.ToBytes32());
      cases->push_back(CaseOfChallenge("S out of place", original.key,
                                       signature, original.challenge));
    }
  }
}

// Encodings of points of small order, canonical or not, and every other y that
// is not below p: with either sign, which x = 0 may bear too.
std::vector<Bytes32> AwkwardKeys() {
  std::vector<Number> ys;
  for (int i = 0; i < 19; ++i) ys.push_back(FieldPrime() + Number(i));
  for (int t = 0; t < 8; ++t) {
    Bytes32 encoded = EncodePoint(SmallOrderPoint(t));
    encoded[31] &= 0x7f;
    ys.push_back(Number::FromBytes(encoded.data(), encoded.size()));
  }
  std::vector<Bytes32> keys;
  for (const Number& y : ys) {
    keys.push_back(y.ToBytes32());
    keys.push_back(y.ToBytes32());
    keys.back()[31] |= 0x80;
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

// Under a key of small order, R = S·B + T' is good if T' = -h·A.
void AddSmallOrderKeys(Random* random, std::vector<Case>* cases) {
  for (const Bytes32& key : AwkwardKeys()) {
    ReferencePoint ignored;
    if (!DecodePoint(key, &ignored)) continue;
    for (int t = 0; t < 8; ++t) {
      const Number s = t % 2 == 0 ? random->ScalarNumber() : Number(0);
      const Bytes32 r = EncodePoint(s * ReferenceBase() + SmallOrderPoint(t));
      for (int i = 0; i < 3; ++i) {
        cases->push_back(CaseOf("awkward key", key, Join(r, s.ToBytes32()),
                                random->Message()));
      }
    }
  }
}

// Keys of mixed order: what only a check with the cofactor accepts is bad.
void AddMixedOrderKeys(Random* random, std::vector<Case>* cases) {
  for (int t = 0; t < 8; ++t) {
    const Signer signer = SignerOf(random->ScalarNumber(), t);
    for (int r_t = 0; r_t < 8; ++r_t) {
      for (int i = 0; i < 3; ++i) {
        const std::string message = random->Message();
        cases->push_back(CaseOf(
            "mixed order", signer.key,
            SignWithTorsion(signer, random->ScalarNumber(), r_t, message),
            message));
      }
    }
  }
}

// R' is the identity or the point of order 2, and R is an encoding of it.
void AddSpecialR(Random* random, std::vector<Case>* cases) {
  std::vector<Bytes32> encodings;
  for (const Number& y : {Number(1), FieldPrime() + Number(1),
                          FieldPrime() - Number(1), Number(0), FieldPrime()}) {
    encodings.push_back(y.ToBytes32());
    encodings.push_back(y.ToBytes32());
    encodings.back()[31] |= 0x80;
  }
  for (int t = 0; t < 8; t += 2) {
    const Signer signer = SignerOf(random->ScalarNumber(), t);
    for (const Bytes32& r : encodings) {
      for (int i = 0; i < 6; ++i) {
        const std::string message = random->Message();
        const Bytes64 challenge = ChallengeOf(r, signer.key, message);
        const Number h = Number::FromBytes(challenge.data(), challenge.size());
        const Number s = h * signer.scalar % GroupOrder();
        cases->push_back(
            CaseOf("special R", signer.key, Join(r, s.ToBytes32()), message));
      }
    }
  }
}

std::vector<Number> EdgeChallenges() {
  const Number& order = GroupOrder();
  const Number most = PowerOfTwo(512) - Number(1);
  const Number top_multiple = most - most % order;
  std::vector<Number> edges = {0,
                               1,
                               2,
                               most,
                               top_multiple,
                               top_multiple - Number(1),
                               top_multiple + Number(1)};
  for (int factor : {1, 2, 8, 9}) {
    const Number multiple = Number(factor) * order;
    edges.push_back(multiple);
    edges.push_back(multiple - Number(1));
    edges.push_back(multiple + Number(1));
  }
  for (int exponent : {124, 192, 251, 252, 255, 256, 320, 384}) {
    edges.push_back(PowerOfTwo(exponent));
    edges.push_back(PowerOfTwo(exponent) - Number(1));
  }
  // Digits at their limits, for windows of 4 and 8 bits and for all.
  for (uint8_t byte : {0x77, 0x78, 0x80, 0x7f, 0x88, 0x87, 0xaa}) {
    Bytes64 bytes = {};
    std::fill_n(bytes.begin(), 31, byte);
    edges.push_back(Number::FromBytes(bytes.data(), bytes.size()));
    bytes[31] = 0x0f;
    edges.push_back(Number::FromBytes(bytes.data(), bytes.size()));
  }
  return edges;
}

std::vector<Number> EdgeScalars() {
  const Number& order = GroupOrder();
  std::vector<Number> edges = {0, 1, order - Number(1)};
  const Number half = PowerOfTwo(251);
  for (int i = 0; i < 3; ++i) edges.push_back(half + Number(i) - Number(1));
  // (L - 1) / 2 and its neighbour: where S is taken as negative.
  Bytes32 bytes = order.ToBytes32();
  for (int i = 0; i < 32; ++i) {
    bytes[i] = bytes[i] >> 1 | (i < 31 ? bytes[i + 1] << 7 : 0);
  }
  const Number middle = Number::FromBytes(bytes.data(), bytes.size());
  edges.push_back(middle);
  edges.push_back(middle + Number(1));
  return edges;
}

// Good signatures for every pair of edges, and the same with a bit wrong. Among
// the keys are B and -B, whose table points meet the base point's own, equal
// and opposite.
void AddEdges(Random* random, std::vector<Case>* cases) {
  const std::vector<Signer> signers = {
      SignerOf(1, 0), SignerOf(GroupOrder() - Number(1), 0),
      SignerOf(random->ScalarNumber(), 1), SignerOf(0, 3)};
  const std::vector<Number> scalars = EdgeScalars();
  size_t turn = 0;
  for (const Number& challenge : EdgeChallenges()) {
    for (const Signer& signer : signers) {
      ReferencePoint a;
      ASSERT_TRUE(DecodePoint(signer.key, &a));
      const Number h = challenge % GroupOrder();
      const ReferencePoint minus_ha = Negated(h * a);
      // Two of the scalars in turn, and the one that meets h·A with itself.
      for (const Number& s : {scalars[turn % scalars.size()],
                              scalars[(turn + 3) % scalars.size()],
                              h * signer.scalar % GroupOrder()}) {
        ++turn;
        const Bytes32 r = EncodePoint(s * ReferenceBase() + minus_ha);
        Case edge = {"edges", signer.key, Join(r, s.ToBytes32()),
                     challenge.ToBytes64(), true};
        cases->push_back(edge);
        edge.signature[random->Below(32)] ^= 1 << random->Below(8);
        edge.what = "edges, R corrupted";
        edge.good = false;
        cases->push_back(edge);
      }
    }
  }
}

const std::vector<Case>& Cases() {
  static const std::vector<Case>* const all = [] {
    auto* const cases = new std::vector<Case>;
    Random random(1);
    AddGood(&random, 10, 20, cases);
    AddCorrupted(&random, cases);
    AddScalarRange(&random, cases);
    AddSmallOrderKeys(&random, cases);
    AddMixedOrderKeys(&random, cases);
    AddSpecialR(&random, cases);
    AddEdges(&random, cases);
    return cases;
  }();
  return *all;
}

struct FreeAligned {
  void operator()(void* memory) const { std::free(memory); }
};
using Aligned = std::unique_ptr<void, FreeAligned>;

Aligned Allocate(size_t num_bytes) {
  return Aligned(std::aligned_alloc(64, (num_bytes + 63) / 64 * 64));
}

// Keys and tables of one kernel, made when they are first asked for.
class Tables {
 public:
  explicit Tables(const Ed25519Kernel* kernel) : kernel_(*kernel) {}

  // Null if it is not a key.
  const void* Key(const Bytes32& encoded) {
    auto [entry, is_new] = keys_.try_emplace(encoded);
    if (is_new) {
      Aligned key = Allocate(kernel_.key_bytes);
      if (kernel_.prepare_key(encoded.data(), key.get())) {
        entry->second = std::move(key);
      }
    }
    return entry->second.get();
  }

  // A job of the case; without a table if window_bits is 0.
  Ed25519Job Job(const Case& c, int window_bits) {
    const void* const key = Key(c.key);
    EXPECT_NE(key, nullptr) << c.what;
    return {key, window_bits == 0 ? nullptr : Table(c.key, window_bits),
            window_bits, c.signature.data(), c.challenge.data()};
  }

  void ForgetTables() { tables_.clear(); }

 private:
  const void* Table(const Bytes32& key, int window_bits) {
    Aligned& table = tables_[{key, window_bits}];
    if (table == nullptr) {
      table = Allocate(kernel_.table_bytes(window_bits));
      EXPECT_TRUE(kernel_.build_table(Key(key), window_bits, table.get()));
    }
    return table.get();
  }

  const Ed25519Kernel& kernel_;
  std::map<Bytes32, Aligned> keys_;
  std::map<std::pair<Bytes32, int>, Aligned> tables_;
};

class Ed25519KernelTest
    : public testing::TestWithParam<const Ed25519Kernel* (*)()> {
 protected:
  void SetUp() override {
    kernel_ = GetParam()();
    if (kernel_ == nullptr) GTEST_SKIP() << "not on this processor";
    tables_ = std::make_unique<Tables>(kernel_);
    for (const int* size = kernel_->window_sizes; *size != 0; ++size) {
      windows_.push_back(*size);
    }
    windows_.push_back(0);  // Without a table.
  }

  // Verifies the batch and compares the verdicts.
  void Check(const std::vector<const Case*>& batch,
             const std::vector<int>& windows) {
    std::vector<Ed25519Job> jobs;
    for (size_t i = 0; i < batch.size(); ++i) {
      jobs.push_back(tables_->Job(*batch[i], windows[i]));
    }
    // One more than is asked for: it must stay as it is.
    std::vector<LaneVerdict> verdicts(batch.size() + 1,
                                      static_cast<LaneVerdict>(77));
    kernel_->verify(jobs.data(), jobs.size(), verdicts.data());
    EXPECT_EQ(verdicts.back(), static_cast<LaneVerdict>(77));
    for (size_t i = 0; i < batch.size(); ++i) {
      if (MayPass(windows[i]) && verdicts[i] == LaneVerdict::kUndecided) {
        continue;
      }
      ASSERT_EQ(verdicts[i], batch[i]->good ? LaneVerdict::kAccepted
                                            : LaneVerdict::kRejected)
          << batch[i]->what << ", job " << i << " of " << batch.size()
          << ", windows of " << windows[i] << " bits";
    }
  }

  // Whether the kernel has no path for such jobs.
  bool MayPass(int window_bits) const {
    return window_bits == 0 && kernel_->min_cold_batch == 0;
  }

  const Ed25519Kernel* kernel_ = nullptr;
  std::unique_ptr<Tables> tables_;
  std::vector<int> windows_;
};

TEST_P(Ed25519KernelTest, JudgesEveryCaseAtEveryPlace) {
  const std::vector<Case>& cases = Cases();
  Random random(2);
  size_t num_good = 0, num_jobs = 0;
  for (const Case& c : cases) num_good += c.good;
  for (int window : windows_) {
    // Windows between those most used do with a part of the cases.
    const size_t step = window == 6 || window == 9 ? 7 : 1;
    for (size_t i = 0; i < cases.size(); i += step) {
      for (size_t lane = 0; lane < kernel_->num_lanes; ++lane) {
        std::vector<const Case*> batch(kernel_->num_lanes);
        for (const Case*& other : batch) {
          other = &cases[random.Below(cases.size())];
        }
        batch[lane] = &cases[i];
        ASSERT_NO_FATAL_FAILURE(
            Check(batch, std::vector<int>(batch.size(), window)));
        num_jobs += batch.size();
      }
    }
    tables_->ForgetTables();
  }
  std::cout << cases.size() << " cases, " << num_good << " of them good; "
            << num_jobs << " jobs\n";
}

TEST_P(Ed25519KernelTest, JudgesBatchesOfEverySize) {
  const std::vector<Case>& cases = Cases();
  Random random(3);
  std::vector<size_t> sizes = {0, 127, 128, 129, 136, 300};
  for (size_t size = 1; size <= 64; ++size) sizes.push_back(size);
  for (int window : windows_) {
    for (size_t size : sizes) {
      std::vector<const Case*> batch(size);
      for (const Case*& c : batch) c = &cases[random.Below(cases.size())];
      ASSERT_NO_FATAL_FAILURE(Check(batch, std::vector<int>(size, window)));
    }
    tables_->ForgetTables();
  }
}

// Different windows, and none, side by side in a vector.
TEST_P(Ed25519KernelTest, JudgesMixedBatches) {
  const std::vector<Case>& cases = Cases();
  Random random(4);
  for (int round = 0; round < 100; ++round) {
    const size_t size = 1 + random.Below(80);
    std::vector<const Case*> batch(size);
    std::vector<int> windows(size);
    for (size_t i = 0; i < size; ++i) {
      // The first cases' keys are few, and so are their tables.
      batch[i] = &cases[random.Below(cases.size() > 400 ? 400 : cases.size())];
      windows[i] = windows_[random.Below(windows_.size())];
    }
    ASSERT_NO_FATAL_FAILURE(Check(batch, windows));
  }
}

TEST_P(Ed25519KernelTest, TakesTheKeysThatBoringSslTakes) {
  std::vector<Bytes32> keys = AwkwardKeys();
  Random random(5);
  for (int i = 0; i < 200; ++i) keys.push_back(random.Fill<Bytes32>());
  for (uint8_t y = 0; y < 20; ++y) {
    keys.push_back(Bytes32{y});
    keys.push_back((FieldPrime() - Number(y)).ToBytes32());
  }
  int num_taken = 0;
  for (const Bytes32& key : keys) {
    ReferencePoint ignored;
    const bool taken = tables_->Key(key) != nullptr;
    EXPECT_EQ(taken, DecodePoint(key, &ignored));
    num_taken += taken;
  }
  std::cout << num_taken << " of " << keys.size() << " keys taken\n";
}

TEST_P(Ed25519KernelTest, BuildsNoTableOfAnotherSize) {
  const Case& c = Cases()[0];
  alignas(64) unsigned char table[64] = {};
  for (int window : {-1, 0, 1, 3, 5, 7, 11, 12, 64}) {
    EXPECT_FALSE(kernel_->build_table(tables_->Key(c.key), window, table));
  }
}

TEST_P(Ed25519KernelTest, LeavesTablesOfAnotherSizeUndecided) {
  Ed25519Job job = tables_->Job(Cases()[0], 4);
  for (int window : {-1, 0, 3, 5, 7, 11, 1000}) {
    job.window_bits = window;
    LaneVerdict verdict = LaneVerdict::kAccepted;
    kernel_->verify(&job, 1, &verdict);
    EXPECT_EQ(verdict, LaneVerdict::kUndecided);
  }
}

// Zeros for table points add up to x = y = 0, whose bytes are those of a point.
TEST_P(Ed25519KernelTest, AcceptsNothingFromATableOfZeros) {
  Case c = Cases()[0];
  std::fill_n(c.signature.begin(), 32, 0);
  Ed25519Job job = tables_->Job(c, 4);
  const Aligned zeros = Allocate(kernel_->table_bytes(4));
  std::fill_n(static_cast<unsigned char*>(zeros.get()), kernel_->table_bytes(4),
              0);
  job.table = zeros.get();
  LaneVerdict verdict = LaneVerdict::kAccepted;
  kernel_->verify(&job, 1, &verdict);
  EXPECT_EQ(verdict, LaneVerdict::kUndecided);
}

std::string ReadWycheproof() {
  std::ifstream file(
      "../boringssl/src/third_party/wycheproof_testvectors/eddsa_test.json");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string HexMember(json::Object object, const char* name) {
  std::string_view text;
  EXPECT_EQ(object[name].get(text), simdjson::SUCCESS);
  return absl::HexStringToBytes(std::string(text));
}

// Only signatures of 64 bytes are for the kernel.
std::vector<Case> WycheproofCases() {
  json::Reader reader(32);
  json::Object root;
  const std::string text = ReadWycheproof();
  EXPECT_EQ(reader.ParseObject(text, &root), json::Error::kNone);
  std::vector<Case> cases;
  for (json::Object group : root["testGroups"].get_array()) {
    const std::string pk = HexMember(group["key"].get_object(), "pk");
    for (json::Object test : group["tests"].get_array()) {
      const std::string bytes = HexMember(test, "sig");
      Bytes32 key;
      Bytes64 signature;
      if (bytes.size() != signature.size()) continue;
      std::copy_n(pk.begin(), key.size(), key.begin());
      std::copy_n(bytes.begin(), signature.size(), signature.begin());
      cases.push_back(
          CaseOf("Wycheproof", key, signature, HexMember(test, "msg")));
      std::string_view result;
      EXPECT_EQ(test["result"].get(result), simdjson::SUCCESS);
      EXPECT_EQ(cases.back().good, result == "valid");
    }
  }
  return cases;
}

TEST_P(Ed25519KernelTest, AgreesWithWycheproof) {
  const std::vector<Case> cases = WycheproofCases();
  ASSERT_GT(cases.size(), 100u);
  std::vector<const Case*> batch;
  for (const Case& c : cases) batch.push_back(&c);
  for (int window : windows_) {
    Check(batch, std::vector<int>(batch.size(), window));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Ed25519KernelTest,
                         testing::Values(Ed25519PortableKernel,
                                         Ed25519Avx512Kernel),
                         [](const auto& info) {
                           return std::string(info.index == 0 ? "Portable"
                                                              : "Avx512Ifma");
                         });

TEST(ReferenceTest, AgreesWithBoringSsl) {
  Random random(6);
  std::vector<Case> cases;
  AddGood(&random, 2, 2, &cases);
  AddSmallOrderKeys(&random, &cases);
  AddMixedOrderKeys(&random, &cases);
  for (size_t i = 0; i < cases.size(); i += 1 + cases.size() / 100) {
    const Case& c = cases[i];
    EXPECT_EQ(VerifyByReference(c.key, c.signature, c.challenge), c.good);
  }
}

}  // namespace
}  // namespace assay::simd
