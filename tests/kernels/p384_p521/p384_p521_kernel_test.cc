// The kernels of ES384 and ES512 against BoringSSL: random and damaged
// signatures, and such as are made to meet every exception of the method.
#include <openssl/nid.h>
#include <openssl/sha.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/simd/ecdsa/p384_avx512.h"
#include "core/simd/ecdsa/p521_avx512.h"
#include "gtest/gtest.h"
#include "simdjson.h"
#include "tests/kernels/p384_p521/reference.h"

namespace assay::simd {
namespace {

namespace json = simdjson::dom;

constexpr char kSeedVariable[] = "ASSAY_TEST_SEED";

uint64_t Seed() {
  static const uint64_t seed = [] {
    const char* const given = std::getenv(kSeedVariable);
    return given != nullptr ? std::strtoull(given, nullptr, 10)
                            : uint64_t{std::random_device()()};
  }();
  return seed;
}

struct Curve {
  const char* name;
  int nid;
  const EcdsaKernel* (*kernel)();
  const char* vectors;
};

void PrintTo(const Curve& curve, std::ostream* out) { *out << curve.name; }

// One signature, its key, and BoringSSL's verdict.
struct Case {
  std::string name;
  const PublicKey* key;
  const KernelKey* kernel_key;
  Signature signature;
  bool good;
};

class EcdsaKernelTest : public testing::TestWithParam<Curve> {
 protected:
  EcdsaKernelTest()
      : reference_(GetParam().nid),
        kernel_(GetParam().kernel()),
        random_(Seed()) {}

  void SetUp() override {
    if (kernel_ == nullptr) GTEST_SKIP() << "this machine lacks AVX-512 IFMA";
    trace_ = std::make_unique<testing::ScopedTrace>(
        __FILE__, __LINE__, absl::StrCat(kSeedVariable, "=", Seed()));
  }

  size_t NumPaths() const { return NumWindows(*kernel_) + 1; }
  size_t Cold() const { return NumWindows(*kernel_); }
  uint64_t Below(uint64_t bound) { return random_() % bound; }

  std::string RandomBytes(size_t len) {
    std::string bytes(len, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }
  std::string RandomDigest() { return RandomBytes(reference_.digest_len()); }
  // In [1, n-1].
  Number RandomScalar() {
    const Number a = Number::FromBytes(RandomBytes(80));
    const Number scalar = reference_.Multiply(a, Number(1));
    return scalar == Number(0) ? Number(1) : scalar;
  }
  // z as a digest, if it fits.
  bool DigestOf(const Number& z, std::string* digest) const {
    const int bits = static_cast<int>(reference_.digest_len()) * 8;
    if (!(z < Number::PowerOf2(bits))) return false;
    *digest = z.Bytes(reference_.digest_len());
    return true;
  }

  struct Keys {
    const PublicKey* key;
    const KernelKey* kernel_key;
  };
  // Keeps a key, with its tables, for the test's duration.
  Keys Keep(PublicKey key) {
    keys_.push_back(std::make_unique<PublicKey>(std::move(key)));
    kernel_keys_.push_back(
        std::make_unique<KernelKey>(*kernel_, *keys_.back()));
    EXPECT_TRUE(kernel_keys_.back()->has_tables());
    return {keys_.back().get(), kernel_keys_.back().get()};
  }

  Case MakeCase(const std::string& name, const Keys& keys,
                const Signature& signature) {
    return {name, keys.key, keys.kernel_key, signature,
            keys.key->Verify(signature)};
  }

  // Some of them damaged, under some keys.
  std::vector<Case> RandomCases(size_t num, size_t num_keys) {
    std::vector<Number> secrets;
    std::vector<Keys> keys;
    for (size_t i = 0; i < num_keys; ++i) {
      secrets.push_back(RandomScalar());
      keys.push_back(Keep(reference_.Multiple(secrets.back())));
    }
    std::vector<Case> cases;
    for (size_t i = 0; i < num; ++i) {
      const size_t key = Below(num_keys);
      Signature signature =
          reference_.Sign(secrets[key], RandomScalar(), RandomDigest());
      const uint64_t kind = Below(8);
      if (kind < 3) Damage(kind, &signature);
      const size_t used = kind == 3 ? Below(num_keys) : key;
      cases.push_back(MakeCase("random", keys[used], signature));
    }
    return cases;
  }

  void Damage(uint64_t part, Signature* signature) {
    std::string& bytes = part == 0   ? signature->r
                         : part == 1 ? signature->s
                                     : signature->digest;
    bytes[Below(bytes.size())] ^= static_cast<char>(1 << Below(8));
  }

  // Verdicts of a batch whose jobs take path(i).
  template <typename Path>
  std::vector<LaneVerdict> Verify(const std::vector<const Case*>& batch,
                                  Path path) {
    std::vector<EcdsaJob> jobs;
    for (size_t i = 0; i < batch.size(); ++i) {
      jobs.push_back(batch[i]->kernel_key->Job(path(i), batch[i]->signature));
    }
    std::vector<LaneVerdict> verdicts(batch.size() + 1, LaneVerdict::kRejected);
    kernel_->verify(jobs.data(), jobs.size(), verdicts.data());
    EXPECT_EQ(verdicts.back(), LaneVerdict::kRejected) << "written beyond";
    verdicts.pop_back();
    return verdicts;
  }

  template <typename Draw>
  Case CaseOfScalars(const std::string& name, const Number& secret, Draw draw);

  // How many were undecided; the others must be as BoringSSL says.
  template <typename Path>
  size_t Compare(const std::vector<const Case*>& batch, Path path) {
    const std::vector<LaneVerdict> verdicts = Verify(batch, path);
    size_t undecided = 0;
    for (size_t i = 0; i < batch.size(); ++i) {
      if (verdicts[i] == LaneVerdict::kUndecided) {
        ++undecided;
        continue;
      }
      EXPECT_EQ(verdicts[i] == LaneVerdict::kAccepted, batch[i]->good)
          << batch[i]->name << ", " << i << " of " << batch.size() << ", path "
          << path(i);
    }
    return undecided;
  }

  // On every path, in every lane, among good signatures of another key.
  void CompareEverywhere(const std::vector<Case>& cases, bool all_decided) {
    const std::vector<Case> others = RandomCases(kLanes, 1);
    for (size_t path = 0; path < NumPaths(); ++path) {
      size_t undecided = 0;
      for (size_t lane = 0; lane < kLanes; ++lane) {
        // Batches of eight cases, turned by one from pass to pass; the last is
        // filled up with the others.
        for (size_t at = 0; at < cases.size(); at += kLanes) {
          std::vector<const Case*> batch;
          for (size_t i = 0; i < kLanes; ++i) {
            const size_t turned = (i + lane) % kLanes;
            batch.push_back(at + turned < cases.size() ? &cases[at + turned]
                                                       : &others[turned]);
          }
          undecided += Compare(batch, [path](size_t) { return path; });
        }
      }
      if (all_decided) {
        EXPECT_EQ(undecided, 0u) << "path " << path;
      }
    }
  }

  static constexpr size_t kLanes = 8;
  Reference reference_;
  const EcdsaKernel* const kernel_;
  std::mt19937_64 random_;

 private:
  std::unique_ptr<testing::ScopedTrace> trace_;
  std::vector<std::unique_ptr<PublicKey>> keys_;
  std::vector<std::unique_ptr<KernelKey>> kernel_keys_;
};

std::vector<const Case*> Pointers(const std::vector<Case>& cases) {
  std::vector<const Case*> pointers;
  for (const Case& one : cases) pointers.push_back(&one);
  return pointers;
}

TEST_P(EcdsaKernelTest, SaysWhatItIs) {
  EXPECT_STREQ(kernel_->name, "avx512ifma");
  EXPECT_EQ(kernel_->coordinate_len, reference_.coordinate_len());
  EXPECT_EQ(kernel_->num_lanes, kLanes);
  EXPECT_EQ(kernel_->key_bytes % 64, 0u);
  for (size_t i = 0; i < NumWindows(*kernel_); ++i) {
    EXPECT_EQ(kernel_->table_bytes(kernel_->window_sizes[i]) % 64, 0u);
  }
}

TEST_P(EcdsaKernelTest, AgreesOnRandomSignaturesOnEveryPath) {
  const std::vector<Case> cases = RandomCases(400, 5);
  for (size_t path = 0; path < NumPaths(); ++path) {
    EXPECT_EQ(Compare(Pointers(cases), [path](size_t) { return path; }), 0u);
  }
  EXPECT_EQ(Compare(Pointers(cases), [](size_t i) { return i * 7 / 3 % 4; }),
            0u);
}

TEST_P(EcdsaKernelTest, AgreesAtEveryBatchSize) {
  const std::vector<Case> cases = RandomCases(64, 3);
  for (size_t num = 0; num <= cases.size(); ++num) {
    // The batch begins elsewhere every time, and so every lane sees every case.
    std::vector<const Case*> batch;
    for (size_t i = 0; i < num; ++i) batch.push_back(&cases[(i + num) % 64]);
    for (size_t path = 0; path < NumPaths(); ++path) {
      EXPECT_EQ(Compare(batch, [path](size_t) { return path; }), 0u);
    }
    EXPECT_EQ(Compare(batch, [num](size_t i) { return (i * i + num) % 4; }),
              0u);
  }
}

TEST_P(EcdsaKernelTest, FindsTheOneBadSignatureInEveryLane) {
  const Number secret = RandomScalar();
  const Keys keys = Keep(reference_.Multiple(secret));
  std::vector<Case> good, bad;
  for (size_t i = 0; i < 16; ++i) {
    Signature signature =
        reference_.Sign(secret, RandomScalar(), RandomDigest());
    good.push_back(MakeCase("good", keys, signature));
    Damage(i % 3, &signature);
    bad.push_back(MakeCase("bad", keys, signature));
    ASSERT_TRUE(good.back().good);
    ASSERT_FALSE(bad.back().good);
  }
  for (size_t path = 0; path < NumPaths(); ++path) {
    for (size_t place = 0; place < 16; ++place) {
      std::vector<const Case*> batch = Pointers(good);
      batch[place] = &bad[place];
      EXPECT_EQ(Compare(batch, [path](size_t) { return path; }), 0u);
    }
  }
}

TEST_P(EcdsaKernelTest, RejectsRAndSOutOfRange) {
  const Keys keys = Keep(reference_.Multiple(RandomScalar()));
  const Number top =
      Number::PowerOf2(static_cast<int>(reference_.coordinate_len()) * 8);
  const std::vector<Number> wrong = {
      Number(0),
      reference_.n(),
      reference_.n() + Number(1),
      reference_.p(),
      reference_.p() - Number(1),
      top - Number(1),
      Number::PowerOf2(static_cast<int>(reference_.coordinate_len()) * 8 - 1)};
  std::vector<Case> cases;
  for (const Number& number : wrong) {
    for (const Number& other : {Number(1), RandomScalar(), number}) {
      for (const bool is_r : {true, false}) {
        cases.push_back(MakeCase(
            "out of range", keys,
            reference_.MakeSignature(is_r ? number : other,
                                     is_r ? other : number, RandomDigest())));
        EXPECT_FALSE(cases.back().good);
      }
    }
  }
  CompareEverywhere(cases, true);
}

// Good signatures with such s and such r as chance does not bring: the key is
// made to fit them.
TEST_P(EcdsaKernelTest, AcceptsGoodSignaturesWithRareNumbers) {
  const Number one(1);
  std::vector<Case> cases;
  const auto add = [&](const char* name, const Number& x, const Number& s) {
    const std::string digest = RandomDigest();
    const auto key = reference_.KeyFor(x, s, digest);
    if (key == nullptr) return false;
    const Number r = reference_.Multiply(x, one);
    cases.push_back(MakeCase(name, Keep(std::move(*key)),
                             reference_.MakeSignature(r, s, digest)));
    EXPECT_TRUE(cases.back().good) << name;
    return true;
  };
  const auto first = [&](const char* name, Number x, const Number& step) {
    while (!add(name, x, RandomScalar())) x = x + step;
  };
  const Number rare_s[] = {one, Number(2), reference_.n() - one,
                           reference_.n() - Number(2)};
  for (const Number& s : rare_s) {
    add("rare s", reference_.XOfMultiple(RandomScalar()), s);
  }
  const Number p_minus_n = reference_.p() - reference_.n();
  const Number back = Number(0) - one;
  first("x above n, small r", reference_.n() + one, one);
  first("x just below p", reference_.p() - one, back);
  first("x small, where r + n is below p", one, one);
  first("x just below p - n", p_minus_n - one, back);
  first("x just above p - n", p_minus_n, one);
  first("x just below n", reference_.n() - one, back);
  CompareEverywhere(cases, true);
}

// The other of r and r + n than the point's x, and neighbours.
TEST_P(EcdsaKernelTest, RejectsRBesideTheRightOne) {
  std::vector<Case> cases;
  for (Number x = reference_.n() + Number(1); cases.size() < 12;
       x = x + Number(1)) {
    const std::string digest = RandomDigest();
    const Number s = RandomScalar();
    const auto key = reference_.KeyFor(x, s, digest);
    if (key == nullptr) continue;
    const Keys keys = Keep(std::move(*key));
    for (const uint64_t by : {uint64_t{1}, uint64_t{2}, uint64_t{3}}) {
      const Number r = x - reference_.n() + Number(by);
      cases.push_back(
          MakeCase("beside", keys, reference_.MakeSignature(r, s, digest)));
      EXPECT_FALSE(cases.back().good);
    }
  }
  CompareEverywhere(cases, true);
}

TEST_P(EcdsaKernelTest, LeavesZeroDigestsToOthers) {
  const Number secret = RandomScalar();
  const Keys keys = Keep(reference_.Multiple(secret));
  std::vector<std::string> digests = {
      std::string(reference_.digest_len(), '\0')};
  std::string order;
  if (DigestOf(reference_.n(), &order)) digests.push_back(order);
  for (const std::string& digest : digests) {
    const Signature signature = reference_.Sign(secret, RandomScalar(), digest);
    const std::vector<Case> cases = {MakeCase("zero", keys, signature)};
    ASSERT_TRUE(cases[0].good);
    for (size_t path = 0; path < NumPaths(); ++path) {
      EXPECT_EQ(Verify(Pointers(cases), [path](size_t) { return path; })[0],
                LaneVerdict::kUndecided);
    }
  }
}

TEST_P(EcdsaKernelTest, AgreesOnExtremeDigests) {
  const Number secret = RandomScalar();
  const Keys keys = Keep(reference_.Multiple(secret));
  std::vector<Number> numbers = {Number(1), Number(2)};
  const int bits = static_cast<int>(reference_.digest_len()) * 8;
  numbers.push_back(Number::PowerOf2(bits) - Number(1));
  numbers.push_back(Number::PowerOf2(bits - 1));
  numbers.push_back(reference_.n() - Number(1));
  numbers.push_back(reference_.n() + Number(1));
  std::vector<Case> cases;
  for (const Number& number : numbers) {
    std::string digest;
    if (!DigestOf(number, &digest)) continue;
    cases.push_back(MakeCase("extreme digest", keys,
                             reference_.Sign(secret, RandomScalar(), digest)));
  }
  CompareEverywhere(cases, true);
}

TEST_P(EcdsaKernelTest, AgreesOnKeysThatAreSmallMultiplesOfG) {
  std::vector<Case> cases;
  for (uint64_t k : {1, 2, 3, 4, 5, 7, 8, 16, 31, 32, 33}) {
    for (const Number& secret : {Number(k), reference_.Negative(Number(k))}) {
      const Keys keys = Keep(reference_.Multiple(secret));
      Signature signature =
          reference_.Sign(secret, RandomScalar(), RandomDigest());
      cases.push_back(MakeCase("small multiple", keys, signature));
      EXPECT_TRUE(cases.back().good);
      Damage(Below(3), &signature);
      cases.push_back(MakeCase("small multiple, damaged", keys, signature));
    }
  }
  CompareEverywhere(cases, true);
}

// A good signature for u1 and u2 as chosen: the nonce is u1 + u2 d, and s and
// the digest follow; u1 and u2 are drawn again until z fits into a digest.
template <typename Draw>
Case EcdsaKernelTest::CaseOfScalars(const std::string& name,
                                    const Number& secret, Draw draw) {
  const Keys keys = Keep(reference_.Multiple(secret));
  for (;;) {
    Number u1, u2;
    draw(&u1, &u2);
    const Number nonce =
        reference_.Multiply(u1 + reference_.Multiply(u2, secret), Number(1));
    const Number r = reference_.XOfMultiple(nonce);
    const Number s = reference_.Multiply(r, reference_.Inverse(u2));
    std::string digest;
    if (!DigestOf(reference_.Multiply(u1, s), &digest)) continue;
    return MakeCase(name, keys, reference_.MakeSignature(r, s, digest));
  }
}

// Signatures that are good, but whose first addition after the last digit of
// one scalar is of equal or opposite points.
TEST_P(EcdsaKernelTest, LeavesExceptionalAdditionsToOthers) {
  const Number one(1);
  // An odd number whose lowest digit is `digit`: the higher digits are odd, so
  // they add 2^window modulo 2^(window + 1).
  const auto with_digit = [&](uint64_t digit, int window) {
    const Number high = reference_.Multiply(Number::FromBytes(RandomBytes(32)),
                                            Number::PowerOf2(window + 1));
    return high + Number::PowerOf2(window) + Number(digit);
  };
  for (size_t path = 0; path < Cold(); ++path) {
    const int window = kernel_->window_sizes[path];
    // G's entries add up to u1 G when Q's first, digit Q, is added. Of 14 G it
    // is the table's sum for n - 14, negated.
    struct {
      const char* name;
      Number secret;
      uint64_t u1, digit;
    } const kinds[] = {{"equal", Number(3), 15, 5},
                       {"equal, even", Number(2), 14, 7},
                       {"opposite", reference_.Negative(one), 7, 7}};
    std::vector<Case> cases;
    for (size_t i = 0; i < 3; ++i) {
      // Of P-521 one digest in 512 fits: one kind for each window will do.
      if (GetParam().nid == NID_secp521r1 && i != path % 3) continue;
      const auto& kind = kinds[i];
      cases.push_back(
          CaseOfScalars(kind.name, kind.secret, [&](Number* u1, Number* u2) {
            *u1 = Number(kind.u1);
            *u2 = with_digit(kind.digit, window);
          }));
    }
    for (const Case& one_case : cases) {
      EXPECT_TRUE(one_case.good);
      EXPECT_EQ(Verify({&one_case}, [path](size_t) { return path; })[0],
                LaneVerdict::kUndecided)
          << one_case.name << ", window " << window;
    }
    CompareEverywhere(cases, false);
  }
}

// Without a table the order is the other: Q's digits first.
TEST_P(EcdsaKernelTest, LeavesExceptionalAdditionsToOthersWithoutTable) {
  // The window of G's table, which is the kernel's own affair.
  constexpr int kWindow = 12;
  std::vector<Case> cases;
  for (const bool negative : {false, true}) {
    const Number secret = negative ? reference_.Negative(Number(3)) : Number(3);
    cases.push_back(CaseOfScalars("cold", secret, [&](Number* u1, Number* u2) {
      const Number high = reference_.Multiply(
          Number::FromBytes(RandomBytes(32)), Number::PowerOf2(kWindow + 1));
      *u1 = high + Number::PowerOf2(kWindow) + Number(15);
      *u2 = Number(5);
    }));
    EXPECT_TRUE(cases.back().good);
    EXPECT_EQ(Verify(Pointers(cases), [this](size_t) { return Cold(); }).back(),
              LaneVerdict::kUndecided);
  }
  CompareEverywhere(cases, false);
}

// u1 G = u2 Q: the sum is a doubling, and a good signature for all that.
TEST_P(EcdsaKernelTest, NeverMisjudgesEqualSums) {
  std::vector<Case> cases;
  const Number half = reference_.Inverse(Number(2));
  for (const uint64_t d : {1, 2, 3}) {
    // Of P-521 one digest in 512 fits: one key will do.
    if (GetParam().nid == NID_secp521r1 && d != 1) continue;
    const Keys keys = Keep(reference_.Multiple(Number(d)));
    std::string digest;
    Number nonce, r;
    do {
      nonce = RandomScalar();
      r = reference_.XOfMultiple(nonce);
    } while (!DigestOf(reference_.Multiply(r, Number(d)), &digest));
    const Number u1 = reference_.Multiply(nonce, half);
    const Number z = Number::FromBytes(digest);
    const Number s = reference_.Multiply(z, reference_.Inverse(u1));
    cases.push_back(
        MakeCase("equal sums", keys, reference_.MakeSignature(r, s, digest)));
    EXPECT_TRUE(cases.back().good);
  }
  CompareEverywhere(cases, false);
}

// u1 G = -u2 Q: the sum is infinity, which is no signature.
TEST_P(EcdsaKernelTest, NeverAcceptsInfinity) {
  std::vector<Case> cases;
  for (uint64_t d : {1, 2, 3, 1000}) {
    const Keys keys = Keep(reference_.Multiple(reference_.Negative(Number(d))));
    for (int i = 0; i < 4; ++i) {
      const Number r = Number::FromBytes(RandomBytes(40));
      std::string digest;
      ASSERT_TRUE(DigestOf(reference_.Multiply(r, Number(d)), &digest));
      cases.push_back(
          MakeCase("infinity", keys,
                   reference_.MakeSignature(r, RandomScalar(), digest)));
      EXPECT_FALSE(cases.back().good);
    }
  }
  for (size_t path = 0; path < NumPaths(); ++path) {
    for (const LaneVerdict verdict :
         Verify(Pointers(cases), [path](size_t) { return path; })) {
      EXPECT_EQ(verdict, LaneVerdict::kUndecided);
    }
  }
  CompareEverywhere(cases, false);
}

// A window size that was not offered is no table at all.
TEST_P(EcdsaKernelTest, TakesAnUnknownWindowForNoTable) {
  const std::vector<Case> cases = RandomCases(1, 1);
  EcdsaJob job = cases[0].kernel_key->Job(0, cases[0].signature);
  job.window_bits = 5;
  LaneVerdict verdict = LaneVerdict::kUndecided;
  kernel_->verify(&job, 1, &verdict);
  EXPECT_EQ(verdict == LaneVerdict::kAccepted, cases[0].good);
}

std::string Text(json::object object, const char* name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) return "";
  return std::string(text);
}

std::string Hex(json::object object, const char* name) {
  return absl::HexStringToBytes(Text(object, name));
}

std::vector<json::object> Objects(json::object object, const char* name) {
  std::vector<json::object> objects;
  json::array array;
  if (object[name].get(array) != simdjson::SUCCESS) return objects;
  for (json::element element : array) {
    objects.emplace_back();
    EXPECT_EQ(element.get(objects.back()), simdjson::SUCCESS);
  }
  return objects;
}

std::string Digest(int nid, const std::string& message) {
  const auto* const data = reinterpret_cast<const uint8_t*>(message.data());
  uint8_t digest[64];
  if (nid == NID_secp384r1) {
    SHA384(data, message.size(), digest);
    return std::string(digest, digest + 48);
  }
  SHA512(data, message.size(), digest);
  return std::string(digest, digest + 64);
}

TEST_P(EcdsaKernelTest, AgreesOnWycheproof) {
  std::ifstream file(
      absl::StrCat("../boringssl/src/third_party/wycheproof_testvectors/",
                   GetParam().vectors, ".json"));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  json::parser parser;
  json::element root;
  ASSERT_EQ(parser.parse(text).get(root), simdjson::SUCCESS);
  json::object object;
  ASSERT_EQ(root.get(object), simdjson::SUCCESS);
  std::vector<Case> cases;
  const size_t len = reference_.coordinate_len();
  for (json::object group : Objects(object, "testGroups")) {
    json::object key;
    ASSERT_EQ(group["key"].get(key), simdjson::SUCCESS);
    const std::string point = Hex(key, "uncompressed");
    bssl::UniquePtr<EC_POINT> parsed(EC_POINT_new(reference_.group()));
    ASSERT_TRUE(EC_POINT_oct2point(
        reference_.group(), parsed.get(),
        reinterpret_cast<const uint8_t*>(point.data()), point.size(), nullptr));
    const Keys keys = Keep(PublicKey(reference_.group(), parsed.get()));
    for (json::object test : Objects(group, "tests")) {
      const std::string signature = Hex(test, "sig");
      if (signature.size() != 2 * len) continue;
      const Case made =
          MakeCase(absl::StrCat("Wycheproof: ", Text(test, "comment")), keys,
                   {signature.substr(0, len), signature.substr(len),
                    Digest(GetParam().nid, Hex(test, "msg"))});
      EXPECT_EQ(made.good, Text(test, "result") == "valid") << made.name;
      cases.push_back(made);
    }
  }
  EXPECT_GT(cases.size(), 150u);
  for (size_t path = 0; path < NumPaths(); ++path) {
    const size_t undecided =
        Compare(Pointers(cases), [path](size_t) { return path; });
    EXPECT_LT(undecided, cases.size() / 4);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Curves, EcdsaKernelTest,
    testing::Values(Curve{"P384", NID_secp384r1, P384Avx512Kernel,
                          "ecdsa_secp384r1_sha384_p1363_test"},
                    Curve{"P521", NID_secp521r1, P521Avx512Kernel,
                          "ecdsa_secp521r1_sha512_p1363_test"}),
    [](const testing::TestParamInfo<Curve>& info) { return info.param.name; });

}  // namespace
}  // namespace assay::simd
