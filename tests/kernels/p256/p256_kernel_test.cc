// The P-256 kernels against BoringSSL: the same verdict on every signature, or
// "undecided" where a kernel's formulas have an exception.
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "core/simd/ecdsa/ecdsa_kernel.h"
#include "gtest/gtest.h"
#include "tests/kernels/p256/reference.h"

namespace assay::simd::p256_test {
namespace {

// ASSAY_TEST_SEED repeats a run.
uint64_t Seed() {
  static const uint64_t seed = [] {
    const char* const text = std::getenv("ASSAY_TEST_SEED");
    const uint64_t s = text != nullptr ? std::strtoull(text, nullptr, 10)
                                       : std::random_device()();
    std::cout << "ASSAY_TEST_SEED=" << s << std::endl;
    return s;
  }();
  return seed;
}

class Random {
 public:
  explicit Random(uint64_t stream) : engine_(Seed() * 1000003 + stream) {}
  size_t Below(size_t n) { return engine_() % n; }
  Bytes32 Bytes() {
    Bytes32 bytes;
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(engine_());
    return bytes;
  }
  // In [1, n).
  Number Scalar() {
    for (;;) {
      const Number k = Number::Reduce(Number(Bytes()));
      if (!k.IsZero()) return k;
    }
  }

 private:
  std::mt19937_64 engine_;
};

struct PrivateKey {
  Number d;
  std::shared_ptr<const Key> key;
};

PrivateKey MakePrivateKey(const Number& d) {
  return {d, Key::Make(Point::Multiple(d))};
}

const std::vector<PrivateKey>& SomeKeys() {
  static const auto& keys = *[] {
    auto* const made = new std::vector<PrivateKey>;
    Random random(1);
    for (int i = 0; i < 5; ++i) {
      made->push_back(MakePrivateKey(random.Scalar()));
    }
    return made;
  }();
  return keys;
}

Case Sign(const PrivateKey& key, const Bytes32& digest, Random* random) {
  for (;;) {
    const Number k = random->Scalar();
    const Number r = Number::Reduce(Point::Multiple(k).X());
    const Number sum = Number(digest) + Number::MulMod(r, key.d);
    const Number s = Number::MulMod(Number::InverseMod(k), sum);
    if (r.IsZero() || s.IsZero()) continue;
    return {"signed", key.key, r.ToBytes(), s.ToBytes(), digest, true, false};
  }
}

Case RandomGood(Random* random) {
  const auto& keys = SomeKeys();
  return Sign(keys[random->Below(keys.size())], random->Bytes(), random);
}

Case RandomCase(Random* random) {
  Case c = RandomGood(random);
  const auto flip = static_cast<uint8_t>(1 << random->Below(8));
  const size_t at = random->Below(32);
  switch (random->Below(8)) {
    case 0:
      c.r[at] ^= flip;
      break;
    case 1:
      c.s[at] ^= flip;
      break;
    case 2:
      c.digest[at] ^= flip;
      break;
    case 3:
      c.key = SomeKeys()[random->Below(SomeKeys().size())].key;
      break;
    default:
      return c;
  }
  return Judged(c);
}

const std::vector<Case>& SomeCases() {
  static const auto& cases = *[] {
    auto* const made = new std::vector<Case>;
    Random random(2);
    for (int i = 0; i < 700; ++i) made->push_back(RandomCase(&random));
    return made;
  }();
  return cases;
}

// ----------------------------------------------------------- structured

// A signature whose u1 and u2 are these: r is the sum's x, or `other_r` where
// the sum is the point at infinity.
Case FromScalars(const char* what, const std::shared_ptr<const Key>& key,
                 const Point& q, const Number& u1, const Number& u2,
                 const Number& other_r) {
  const Point sum = Point::Sum(u1, u2, q);
  const Number r = sum.IsInfinity() ? other_r : Number::Reduce(sum.X());
  const Number s = Number::MulMod(r, Number::InverseMod(u2));
  return Judged({what, key, r.ToBytes(), s.ToBytes(),
                 Number::MulMod(u1, s).ToBytes(), false, true});
}

// r and s at the borders of their range, where nothing but the range decides.
void AppendRangeCases(std::vector<Case>* cases) {
  Random random(3);
  const Number n = Number::Order(), p = Number::Prime(), one(1);
  Bytes32 max;
  max.fill(0xff);
  const Number borders[] = {Number(0),   one,     Number(2),   n - one,
                            n,           n + one, p - n - one, p - n,
                            p - n + one, p - one, p,           p + one,
                            Number(max)};
  for (const Number& r : borders) {
    for (const Number& s : borders) {
      const Case c = RandomGood(&random);
      // r/s may be small, and then a cold path meets equal points.
      const bool in_range = !r.IsZero() && !s.IsZero() && r < n && s < n;
      cases->push_back(Judged({"border r and s", c.key, r.ToBytes(),
                               s.ToBytes(), c.digest, false, in_range}));
    }
    Case c = RandomGood(&random);
    c.what = "border r";
    c.r = r.ToBytes();
    cases->push_back(Judged(c));
    c = RandomGood(&random);
    c.what = "border s";
    c.s = r.ToBytes();
    cases->push_back(Judged(c));
  }
}

// Digests that are 0 modulo n have u1 = 0; others are above n.
void AppendDigestCases(std::vector<Case>* cases) {
  Random random(4);
  Bytes32 max;
  max.fill(0xff);
  const Number n = Number::Order();
  for (const Number& z : {Number(0), Number(1), n - Number(1), n, n + Number(1),
                          Number(max), Number(max) - Number(1)}) {
    for (const PrivateKey& key : SomeKeys()) {
      Case c = Sign(key, z.ToBytes(), &random);
      c.what = "border digest";
      c.may_be_undecided = Number::Reduce(z).IsZero();
      cases->push_back(Judged(c));
      c.r[31] ^= 1;
      cases->push_back(Judged(c));
    }
  }
}

// A signature whose R is chosen: Q = (sR - zG) / r.
void AppendWithR(const char* what, const Point& big_r, Random* random,
                 std::vector<Case>* cases) {
  const Number r = Number::Reduce(big_r.X());
  if (r.IsZero()) return;
  const Number s = random->Scalar(), z = random->Scalar();
  const Number r_inverse = Number::InverseMod(r);
  const Point q = Point::Sum(Number::NegMod(Number::MulMod(z, r_inverse)),
                             Number::MulMod(s, r_inverse), big_r);
  const Case good = Judged({what, Key::Make(q), r.ToBytes(), s.ToBytes(),
                            z.ToBytes(), false, false});
  EXPECT_TRUE(good.valid) << what;
  cases->push_back(good);
  // The neighbours of r are wrong, and r + n is out of range.
  for (const Number& other : {r + Number(1), r - Number(1)}) {
    Case bad = good;
    bad.r = other.ToBytes();
    cases->push_back(Judged(bad));
  }
  if (r < Number::Prime() - Number::Order()) {
    Case bad = good;
    bad.r = (r + Number::Order()).ToBytes();
    cases->push_back(Judged(bad));
  }
}

// R.x at both ends of [0, p), and about n, where r = R.x - n.
void AppendCraftedRCases(std::vector<Case>* cases) {
  Random random(5);
  const Number n = Number::Order(), p = Number::Prime();
  struct Range {
    const char* what;
    Number start;
  };
  const Range ranges[] = {
      {"R.x just above n", n + Number(1)},
      {"R.x just below n", n - Number(60)},
      {"R.x just below p", p - Number(60)},
      {"R.x between n and p", n + Number(0x123456789abcdef)},
      {"R.x just above 0", Number(1)},
      {"R.x just below p - n", p - n - Number(60)},
      {"R.x just above p - n", p - n + Number(1)},
  };
  for (const Range& range : ranges) {
    int found = 0;
    Number x = range.start;
    for (int i = 0; i < 59 && found < 6; ++i) {
      Point big_r = Point::Generator();
      if (Point::FromX(x, &big_r)) {
        AppendWithR(range.what, big_r, &random, cases);
        ++found;
      }
      x = x + Number(1);
    }
    EXPECT_GT(found, 2) << range.what;
  }
}

// u1*G = u2*Q (a doubling at the end) and u1*G = -u2*Q (infinity).
void AppendEqualPointsCases(std::vector<Case>* cases) {
  Random random(6);
  for (const PrivateKey& key : SomeKeys()) {
    const Point q = Point::Multiple(key.d);
    for (int i = 0; i < 4; ++i) {
      const Number u1 = random.Scalar();
      const Number u2 = Number::MulMod(u1, Number::InverseMod(key.d));
      cases->push_back(
          FromScalars("equal points", key.key, q, u1, u2, random.Scalar()));
      cases->push_back(FromScalars("opposite points", key.key, q, u1,
                                   Number::NegMod(u2), random.Scalar()));
    }
  }
}

// Keys that are small multiples of G, and small scalars: equal and opposite
// table entries everywhere.
void AppendSmallMultiplesCases(std::vector<Case>* cases) {
  Random random(7);
  const Number n = Number::Order(), one(1);
  std::vector<Number> scalars;
  for (const uint64_t k : {1, 2, 3, 5, 15, 16, 255, 256, 1023, 8191, 8192}) {
    scalars.push_back(Number(k));
    scalars.push_back(n - Number(k));
  }
  for (const uint64_t d : {1, 2, 3, 4, 7, 8, 16, 17, 255, 1 << 13}) {
    for (const Number& key : {Number(d), n - Number(d)}) {
      const PrivateKey private_key = MakePrivateKey(key);
      const Point q = Point::Multiple(key);
      for (int i = 0; i < 12; ++i) {
        cases->push_back(FromScalars("small multiples", private_key.key, q,
                                     scalars[random.Below(scalars.size())],
                                     scalars[random.Below(scalars.size())],
                                     random.Scalar()));
      }
      Case c = Sign(private_key, random.Bytes(), &random);
      c.what = "key of small logarithm";
      c.may_be_undecided = true;
      cases->push_back(Judged(c));
      c.s[7] ^= 2;
      cases->push_back(Judged(c));
    }
  }
}

const std::vector<Case>& StructuredCases() {
  static const auto& cases = *[] {
    auto* const made = new std::vector<Case>;
    AppendRangeCases(made);
    AppendDigestCases(made);
    AppendCraftedRCases(made);
    AppendEqualPointsCases(made);
    AppendSmallMultiplesCases(made);
    return made;
  }();
  return cases;
}

// ------------------------------------------------------------ comparison

struct Counts {
  int accepted = 0, rejected = 0, undecided = 0;
};

// `windows[i]` is the window of the table of the i-th case.
void ExpectSameVerdicts(const EcdsaKernel& kernel,
                        const std::vector<const Case*>& cases,
                        const std::vector<int>& windows, Counts* counts) {
  std::vector<EcdsaJob> jobs;
  for (size_t i = 0; i < cases.size(); ++i) {
    jobs.push_back(MakeJob(kernel, windows[i], *cases[i]));
  }
  // A verdict that is not written must not look like one.
  std::vector<LaneVerdict> verdicts(cases.size() + 1,
                                    static_cast<LaneVerdict>(77));
  kernel.verify(jobs.data(), jobs.size(), verdicts.data());
  ASSERT_EQ(static_cast<int>(verdicts.back()), 77);
  for (size_t i = 0; i < cases.size(); ++i) {
    const LaneVerdict verdict = verdicts[i];
    if (verdict == LaneVerdict::kUndecided && cases[i]->may_be_undecided) {
      ++counts->undecided;
      continue;
    }
    ASSERT_EQ(static_cast<int>(verdict), cases[i]->valid ? 1 : 0)
        << kernel.name << ": " << cases[i]->what << ", window " << windows[i]
        << ", number " << i << " of " << cases.size() << ", seed " << Seed();
    ++(cases[i]->valid ? counts->accepted : counts->rejected);
  }
}

void ExpectSameVerdicts(const EcdsaKernel& kernel,
                        const std::vector<const Case*>& cases, int window_bits,
                        Counts* counts) {
  ExpectSameVerdicts(kernel, cases, std::vector<int>(cases.size(), window_bits),
                     counts);
}

class P256KernelTest : public testing::TestWithParam<const EcdsaKernel*> {
 protected:
  const EcdsaKernel& kernel() const { return *GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Kernels, P256KernelTest, testing::ValuesIn(Kernels()),
                         [](const auto& info) {
                           return std::string(info.param->name);
                         });

TEST_P(P256KernelTest, AgreesAtEveryBatchSizeFrom1To64) {
  Counts counts;
  Random random(10);
  const auto& cases = SomeCases();
  for (const int window : WindowsOf(kernel())) {
    for (size_t size = 1; size <= 64; ++size) {
      std::vector<const Case*> batch;
      for (size_t i = 0; i < size; ++i) {
        batch.push_back(&cases[random.Below(cases.size())]);
      }
      ExpectSameVerdicts(kernel(), batch, window, &counts);
    }
  }
  EXPECT_GT(counts.accepted, 1000);
  EXPECT_GT(counts.rejected, 500);
  EXPECT_EQ(counts.undecided, 0);
}

TEST_P(P256KernelTest, AgreesOnLargeBatchesAndMixedWindows) {
  Counts counts;
  Random random(11);
  const auto& cases = SomeCases();
  const std::vector<int> all = WindowsOf(kernel());
  for (const size_t size : {65u, 127u, 128u, 129u, 300u, 700u}) {
    std::vector<const Case*> batch;
    std::vector<int> mixed;
    for (size_t i = 0; i < size; ++i) {
      batch.push_back(&cases[i]);
      mixed.push_back(all[random.Below(all.size())]);
    }
    ExpectSameVerdicts(kernel(), batch, mixed, &counts);
    for (const int window : all) {
      ExpectSameVerdicts(kernel(), batch, window, &counts);
    }
  }
  EXPECT_EQ(counts.undecided, 0);
}

TEST_P(P256KernelTest, NoJobsWriteNothing) {
  LaneVerdict verdict = static_cast<LaneVerdict>(77);
  kernel().verify(nullptr, 0, &verdict);
  EXPECT_EQ(static_cast<int>(verdict), 77);
}

TEST_P(P256KernelTest, OneBadSignatureIsFoundAtEveryLane) {
  Counts counts;
  Random random(12);
  std::vector<Case> good;
  for (int i = 0; i < 40; ++i) good.push_back(RandomGood(&random));
  for (const int window : WindowsOf(kernel())) {
    for (size_t size : {1u, 8u, 17u, 40u}) {
      for (size_t at = 0; at < size; ++at) {
        Case bad = good[at];
        bad.s[31 - at % 32] ^= 0x10;
        bad.valid = BoringSslVerdict(*bad.key, bad.r, bad.s, bad.digest);
        std::vector<const Case*> batch;
        for (size_t i = 0; i < size; ++i) {
          batch.push_back(i == at ? &bad : &good[i]);
        }
        ExpectSameVerdicts(kernel(), batch, window, &counts);
      }
    }
  }
  EXPECT_EQ(counts.undecided, 0);
}

TEST_P(P256KernelTest, AgreesOnStructuredCasesTogether) {
  const auto& cases = StructuredCases();
  std::vector<const Case*> batch;
  for (const Case& c : cases) batch.push_back(&c);
  Counts counts;
  for (const int window : WindowsOf(kernel())) {
    ExpectSameVerdicts(kernel(), batch, window, &counts);
  }
  EXPECT_GT(counts.accepted, 0);
  EXPECT_GT(counts.undecided, 0);
  std::cout << counts.accepted << " accepted, " << counts.rejected
            << " rejected, " << counts.undecided << " undecided\n";
}

// A hostile signature leaves its neighbours' verdicts alone, whichever lane it
// is in and however the batch is added up.
TEST_P(P256KernelTest, StructuredCasesHarmNoNeighbour) {
  Counts counts;
  Random random(13);
  const auto& hostile = StructuredCases();
  const auto& others = SomeCases();
  size_t next = 0;
  for (const int window : WindowsOf(kernel())) {
    for (const size_t size : {8u, 24u, 64u, 128u}) {
      for (size_t at = 0; at < size; ++at) {
        std::vector<const Case*> batch;
        for (size_t i = 0; i < size; ++i) {
          batch.push_back(&others[random.Below(others.size())]);
        }
        next = (next + 7) % hostile.size();
        batch[at] = &hostile[next];
        ExpectSameVerdicts(kernel(), batch, window, &counts);
      }
    }
  }
}

TEST_P(P256KernelTest, EveryStructuredCaseAtEveryLaneOfEight) {
  Counts counts;
  const auto& hostile = StructuredCases();
  const auto& others = SomeCases();
  const int window = kernel().window_sizes[1];
  for (size_t first = 0; first < hostile.size(); first += 3) {
    for (size_t at = 0; at < 8; ++at) {
      std::vector<const Case*> batch;
      for (size_t i = 0; i < 8; ++i) batch.push_back(&others[i]);
      batch[at] = &hostile[first];
      ExpectSameVerdicts(kernel(), batch, window, &counts);
    }
  }
}

TEST_P(P256KernelTest, UnknownWindowIsUndecided) {
  const Case& c = SomeCases()[0];
  EcdsaJob job = MakeJob(kernel(), kernel().window_sizes[0], c);
  for (const int window : {0, 1, 5, 7, 9, 11, -4}) {
    job.window_bits = window;
    LaneVerdict verdict = LaneVerdict::kAccepted;
    kernel().verify(&job, 1, &verdict);
    EXPECT_EQ(verdict, LaneVerdict::kUndecided) << window;
    EXPECT_EQ(kernel().table_bytes(window), 0u) << window;
    EXPECT_FALSE(kernel().build_table(job.key, window, nullptr)) << window;
  }
}

TEST_P(P256KernelTest, MissingTableIsDecidedOnlyByAColdPath) {
  const Case& c = SomeCases()[0];
  EcdsaJob job = MakeJob(kernel(), kernel().window_sizes[0], c);
  job.table = nullptr;
  job.window_bits = 12345;  // not to be read
  LaneVerdict verdict = LaneVerdict::kAccepted;
  kernel().verify(&job, 1, &verdict);
  const bool decided = verdict != LaneVerdict::kUndecided;
  EXPECT_EQ(decided, kernel().min_cold_batch != 0);
}

// Entries of a table by BoringSSL's multiplication, through signatures whose
// u2 picks them: every entry of the smallest table is used.
TEST_P(P256KernelTest, EveryEntryOfATableIsRight) {
  Counts counts;
  Random random(14);
  const int window = kernel().window_sizes[0];
  const PrivateKey& key = SomeKeys()[0];
  const Point q = Point::Multiple(key.d);
  std::vector<Case> cases;
  for (int digit = 0; digit < 1 << window; ++digit) {
    // All windows of u2 >> 1 show this digit, so far as u2 < n allows.
    Bytes32 bytes = {};
    for (int bit = 0; bit < 254; ++bit) {
      if ((digit >> bit % window & 1) != 0) {
        bytes[31 - (bit + 1) / 8] |= static_cast<uint8_t>(1 << (bit + 1) % 8);
      }
    }
    bytes[31] |= 1;
    Case c = FromScalars("chosen digits", key.key, q, random.Scalar(),
                         Number(bytes), random.Scalar());
    c.may_be_undecided = false;
    cases.push_back(c);
  }
  std::vector<const Case*> batch;
  for (const Case& c : cases) batch.push_back(&c);
  ExpectSameVerdicts(kernel(), batch, window, &counts);
  EXPECT_EQ(counts.accepted, 1 << window);
}

}  // namespace
}  // namespace assay::simd::p256_test
