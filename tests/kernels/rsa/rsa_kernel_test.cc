// The RSA kernels and the checks of encodings against BoringSSL: the same
// numbers, and the same verdicts, at every lane position and in batches of
// every size from 1 to 64.
#include <openssl/bytestring.h>
#include <openssl/evp.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/json/reader.h"
#include "core/simd/rsa/rsa_avx512.h"
#include "gtest/gtest.h"
#include "tests/kernels/rsa/rsa_reference.h"

namespace assay::simd {
namespace {

using crypto::Hash;
using Keys = std::vector<std::unique_ptr<TestKey>>;

constexpr Hash kHashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};
constexpr size_t kGreatestBatch = 64;

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

ByteVector HexBytes(json::Object object, const char* name) {
  const std::string bytes = absl::HexStringToBytes(Text(object, name));
  return ByteVector(bytes.begin(), bytes.end());
}

std::vector<json::Object> Objects(json::Object object, const char* name) {
  json::Array array;
  std::vector<json::Object> objects;
  if (object[name].get(array) != simdjson::SUCCESS) return objects;
  for (json::Element element : array) {
    objects.emplace_back();
    EXPECT_EQ(element.get(objects.back()), simdjson::SUCCESS);
  }
  return objects;
}

// The test groups of a Wycheproof file.
class VectorFile {
 public:
  explicit VectorFile(absl::string_view name) : reader_(32) {
    const std::string text = ReadVectorFile(name);
    json::Object root;
    EXPECT_EQ(reader_.ParseObject(text, &root), json::Error::kNone) << name;
    groups_ = Objects(root, "testGroups");
    EXPECT_FALSE(groups_.empty()) << name;
  }
  const std::vector<json::Object>& groups() const { return groups_; }

 private:
  json::Reader reader_;
  std::vector<json::Object> groups_;
};

// Different private keys of Wycheproof's, for what only a key's owner can make.
Keys PrivateKeys(const RsaKernel& kernel, size_t num) {
  const VectorFile file(
      absl::StrCat("rsa_pkcs1_", 8 * kernel.modulus_len, "_test"));
  Keys keys;
  for (json::Object group : file.groups()) {
    if (keys.size() == num) break;
    const ByteVector der = HexBytes(group, "privateKeyPkcs8");
    CBS cbs;
    CBS_init(&cbs, der.data(), der.size());
    const bssl::UniquePtr<EVP_PKEY> key(EVP_parse_private_key(&cbs));
    if (key == nullptr) continue;
    bssl::UniquePtr<RSA> rsa(EVP_PKEY_get1_RSA(key.get()));
    if (rsa == nullptr || RSA_size(rsa.get()) != kernel.modulus_len) continue;
    if (BN_get_word(RSA_get0_e(rsa.get())) != 65537) continue;
    const auto is_same = [&](const std::unique_ptr<TestKey>& other) {
      return BN_cmp(RSA_get0_n(other->rsa()), RSA_get0_n(rsa.get())) == 0;
    };
    if (std::any_of(keys.begin(), keys.end(), is_same)) continue;
    keys.push_back(std::make_unique<TestKey>(kernel, std::move(rsa)));
  }
  EXPECT_EQ(keys.size(), num);
  return keys;
}

// A signature, and what BoringSSL makes of it.
struct Case {
  const TestKey* key;
  ByteVector signature;
  bool in_range;
  ByteVector power;
};

Case MakeCase(const TestKey& key, ByteVector signature) {
  Case result{&key, std::move(signature), false, {}};
  result.in_range = ReferencePower(key.rsa(), result.signature, &result.power);
  return result;
}

// Runs a batch and returns the encoded messages; those of signatures that are
// out of range are empty.
std::vector<ByteVector> RunBatch(const RsaKernel& kernel,
                                 const std::vector<const Case*>& batch) {
  std::vector<ByteVector> results(batch.size(),
                                  ByteVector(kernel.modulus_len, 0xa5));
  std::vector<RsaJob> jobs;
  for (size_t i = 0; i < batch.size(); ++i) {
    jobs.push_back({batch[i]->key->prepared(), batch[i]->signature.data(),
                    results[i].data()});
  }
  std::unique_ptr<bool[]> in_range(new bool[batch.size()]);
  kernel.power_65537(jobs.data(), jobs.size(), in_range.get());
  for (size_t i = 0; i < batch.size(); ++i) {
    if (!in_range[i]) results[i].clear();
  }
  return results;
}

void ExpectReference(const std::vector<const Case*>& batch,
                     const std::vector<ByteVector>& results) {
  for (size_t i = 0; i < batch.size(); ++i) {
    ASSERT_EQ(!results[i].empty(), batch[i]->in_range) << "job " << i;
    if (!batch[i]->in_range) continue;
    ASSERT_EQ(results[i], batch[i]->power)
        << "job " << i << " of " << batch.size() << ", signature "
        << absl::BytesToHexString(absl::string_view(
               reinterpret_cast<const char*>(batch[i]->signature.data()),
               batch[i]->signature.size()));
  }
}

// All cases in every batch size, moved on by one from batch to batch, until
// each has been at every lane position.
void RunAllBatchSizes(const RsaKernel& kernel, const std::vector<Case>& cases) {
  size_t next = 0;
  for (size_t size = 1; size <= kGreatestBatch; ++size) {
    std::vector<const Case*> batch;
    for (size_t i = 0; i < size; ++i) {
      batch.push_back(&cases[next++ % cases.size()]);
    }
    ExpectReference(batch, RunBatch(kernel, batch));
  }
  for (size_t shift = 0; shift < kernel.num_lanes; ++shift) {
    std::vector<const Case*> batch;
    for (size_t i = 0; i < cases.size(); ++i) {
      batch.push_back(&cases[(i + shift) % cases.size()]);
    }
    batch.insert(batch.begin(), shift, &cases[0]);
    ExpectReference(batch, RunBatch(kernel, batch));
  }
}

class RsaKernelTest : public testing::TestWithParam<size_t> {
 protected:
  void SetUp() override {
    kernel_ = RsaAvx512Kernel(GetParam());
    if (kernel_ == nullptr) GTEST_SKIP() << "no kernel for this machine";
    std::cout << "seed " << seed_ << "\n";
  }

  size_t len() const { return kernel_->modulus_len; }
  ByteVector RandomBytes(size_t len) {
    ByteVector bytes(len);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random_());
    return bytes;
  }

  // Odd, with the top bit set.
  ByteVector RandomModulus() {
    ByteVector modulus = RandomBytes(len());
    modulus.front() |= 0x80;
    modulus.back() |= 1;
    return modulus;
  }

  // Near 2^k and 2^(k-1), with long runs of equal bits, and random ones.
  Keys StructuredKeys() {
    ByteVector all(len(), 0xff), top(len(), 0), half(len(), 0), other(len(), 0);
    top.front() = 0x80;
    top.back() = 1;
    std::fill(half.begin(), half.begin() + static_cast<long>(len() / 2), 0xff);
    half.back() = 1;
    std::fill(other.begin() + static_cast<long>(len() / 2), other.end(), 0xff);
    other.front() = 0x80;
    ByteVector below_all = all, above_top = top;
    below_all.back() = 0xfd;
    above_top.back() = 3;
    Keys keys;
    for (const ByteVector& modulus :
         {all, top, below_all, above_top, half, other, RandomModulus(),
          RandomModulus()}) {
      keys.push_back(TestKey::OfModulus(*kernel_, modulus));
    }
    return keys;
  }

  // 0, 1, 2, n/2, numbers around n, all ones, few bits, and random numbers.
  std::vector<ByteVector> StructuredSignatures(const TestKey& key) {
    std::vector<ByteVector> signatures;
    const BIGNUM* const n = RSA_get0_n(key.rsa());
    for (unsigned i = 0; i < 3; ++i) {
      ByteVector small(len(), 0), few(len(), 0xff);
      small.back() = static_cast<uint8_t>(i);
      few.back() -= static_cast<uint8_t>(i);
      signatures.push_back(small);
      signatures.push_back(few);
      bssl::UniquePtr<BIGNUM> number(BN_dup(n));
      BN_sub_word(number.get(), i);
      signatures.push_back(ToBytes(number.get(), len()));
      BN_copy(number.get(), n);
      BN_add_word(number.get(), i);
      if (BN_num_bytes(number.get()) <= len()) {
        signatures.push_back(ToBytes(number.get(), len()));
      }
    }
    bssl::UniquePtr<BIGNUM> half(BN_dup(n));
    BN_rshift1(half.get(), half.get());
    signatures.push_back(ToBytes(half.get(), len()));
    ByteVector power_of_two(len(), 0);
    power_of_two[random_() % len()] = static_cast<uint8_t>(1 << random_() % 8);
    signatures.push_back(power_of_two);
    for (int i = 0; i < 4; ++i) signatures.push_back(RandomBytes(len()));
    return signatures;
  }

  const uint64_t seed_ = std::random_device()();
  std::mt19937_64 random_{seed_};
  const RsaKernel* kernel_ = nullptr;
};

TEST_P(RsaKernelTest, PowersOfStructuredNumbersEqualBoringSsls) {
  const Keys keys = StructuredKeys();
  std::vector<Case> cases;
  for (const auto& key : keys) {
    for (ByteVector& signature : StructuredSignatures(*key)) {
      cases.push_back(MakeCase(*key, std::move(signature)));
    }
  }
  // Neighbours have different keys, and any key any position.
  std::shuffle(cases.begin(), cases.end(), random_);
  RunAllBatchSizes(*kernel_, cases);
}

TEST_P(RsaKernelTest, OneKeyForAllLanes) {
  for (const ByteVector& modulus : {RandomModulus(), ByteVector(len(), 0xff)}) {
    const auto key = TestKey::OfModulus(*kernel_, modulus);
    std::vector<Case> cases;
    for (ByteVector& signature : StructuredSignatures(*key)) {
      cases.push_back(MakeCase(*key, std::move(signature)));
    }
    RunAllBatchSizes(*kernel_, cases);
  }
}

// x with x^65537 = em.
ByteVector RootOf(const TestKey& key, const ByteVector& em) {
  ByteVector signature(em.size());
  size_t out_len = 0;
  EXPECT_EQ(
      RSA_sign_raw(key.rsa(), &out_len, signature.data(), signature.size(),
                   em.data(), em.size(), RSA_NO_PADDING),
      1);
  return signature;
}

// Results so small that the kernel has them with n added, before it reduces
// them fully.
TEST_P(RsaKernelTest, ResultsWithLeadingZerosAreFullyReduced) {
  const Keys keys = PrivateKeys(*kernel_, 4);
  std::vector<Case> cases;
  for (const auto& key : keys) {
    for (size_t significant = 1; significant <= len(); significant *= 2) {
      ByteVector em = RandomBytes(len());
      std::fill(em.begin(), em.end() - static_cast<long>(significant), 0);
      em[len() - significant] |= 1;
      if (significant == len()) em[0] = 0;
      cases.push_back(MakeCase(*key, RootOf(*key, em)));
      ASSERT_EQ(cases.back().power, em);
    }
  }
  RunAllBatchSizes(*kernel_, cases);
}

// A case that ends in a verdict.
struct SignedCase {
  Padding padding;
  Hash hash;
  ByteVector digest;
  Case power;
  bool valid;
};

void ExpectVerdicts(const RsaKernel& kernel,
                    const std::vector<const SignedCase*>& batch) {
  std::vector<const Case*> powers;
  for (const SignedCase* signed_case : batch) {
    powers.push_back(&signed_case->power);
  }
  const std::vector<ByteVector> results = RunBatch(kernel, powers);
  ExpectReference(powers, results);
  for (size_t i = 0; i < batch.size(); ++i) {
    const SignedCase& expected = *batch[i];
    const bool valid =
        !results[i].empty() && EncodingVerdict(expected.padding, expected.hash,
                                               expected.digest, results[i]);
    ASSERT_EQ(valid, expected.valid) << "job " << i << " of " << batch.size();
  }
}

class SignedCases {
 public:
  explicit SignedCases(size_t len) : len_(len) {}

  void Add(Padding padding, Hash hash, const ByteVector& digest,
           const TestKey& key, const ByteVector& signature) {
    SignedCase added{padding, hash, digest, MakeCase(key, signature), false};
    added.valid = ReferenceVerdict(padding, hash, digest, key.rsa(), signature);
    num_valid_ += added.valid;
    cases_.push_back(std::move(added));
  }

  // A good signature, and what follows from it: damaged, of another digest,
  // under another key, with n added, negated.
  void AddWithVariants(Padding padding, Hash hash, const ByteVector& digest,
                       const TestKey& key, const TestKey& other_key,
                       const ByteVector& signature, std::mt19937_64* random) {
    Add(padding, hash, digest, key, signature);
    EXPECT_TRUE(cases_.back().valid);
    Add(padding, hash, digest, other_key, signature);
    for (int i = 0; i < 2; ++i) {
      ByteVector damaged = signature;
      damaged[(*random)() % len_] ^= static_cast<uint8_t>(1 << (*random)() % 8);
      Add(padding, hash, digest, key, damaged);
    }
    ByteVector other_digest = digest;
    other_digest[(*random)() % digest.size()] ^= 1;
    Add(padding, hash, other_digest, key, signature);
    const auto other_padding =
        padding == Padding::kPss ? Padding::kPkcs1 : Padding::kPss;
    Add(other_padding, hash, digest, key, signature);
    bssl::UniquePtr<BIGNUM> number = ToNumber(signature);
    BN_sub(number.get(), RSA_get0_n(key.rsa()), number.get());
    Add(padding, hash, digest, key, ToBytes(number.get(), len_));
    number = ToNumber(signature);
    BN_add(number.get(), RSA_get0_n(key.rsa()), number.get());
    if (BN_num_bytes(number.get()) <= len_) {
      Add(padding, hash, digest, key, ToBytes(number.get(), len_));
    }
  }

  // Whatever the owner of the key may encode, if it is below n.
  void AddEncoding(Padding padding, Hash hash, const ByteVector& digest,
                   const TestKey& key, const ByteVector& em) {
    if (em >= key.modulus()) return;
    Add(padding, hash, digest, key, RootOf(key, em));
  }

  std::vector<SignedCase>& cases() { return cases_; }
  size_t num_valid() const { return num_valid_; }

 private:
  const size_t len_;
  std::vector<SignedCase> cases_;
  size_t num_valid_ = 0;
};

void RunAllBatchSizes(const RsaKernel& kernel,
                      const std::vector<SignedCase>& cases) {
  size_t next = 0;
  for (size_t size = 1; size <= kGreatestBatch; ++size) {
    std::vector<const SignedCase*> batch;
    for (size_t i = 0; i < size; ++i) {
      batch.push_back(&cases[next++ % cases.size()]);
    }
    ExpectVerdicts(kernel, batch);
  }
  for (size_t shift = 0; shift < kernel.num_lanes; ++shift) {
    std::vector<const SignedCase*> batch(shift, &cases[0]);
    for (const SignedCase& one : cases) batch.push_back(&one);
    ExpectVerdicts(kernel, batch);
  }
}

ByteVector SignPkcs1(const TestKey& key, Hash hash, const ByteVector& digest) {
  ByteVector signature(RSA_size(key.rsa()));
  unsigned len = 0;
  EXPECT_EQ(RSA_sign(EVP_MD_type(HashMd(hash)), digest.data(), digest.size(),
                     signature.data(), &len, key.rsa()),
            1);
  return signature;
}

ByteVector SignPss(const TestKey& key, Hash hash, Hash mask_hash,
                   const ByteVector& digest, int salt_len) {
  ByteVector signature(RSA_size(key.rsa()));
  size_t len = 0;
  EXPECT_EQ(RSA_sign_pss_mgf1(key.rsa(), &len, signature.data(),
                              signature.size(), digest.data(), digest.size(),
                              HashMd(hash), HashMd(mask_hash), salt_len),
            1);
  return signature;
}

TEST_P(RsaKernelTest, VerdictsOfGoodAndDamagedSignaturesEqualBoringSsls) {
  const Keys keys = PrivateKeys(*kernel_, 8);
  SignedCases cases(len());
  for (size_t i = 0; i < keys.size(); ++i) {
    const TestKey& key = *keys[i];
    const TestKey& other_key = *keys[(i + 1) % keys.size()];
    for (Hash hash : kHashes) {
      const ByteVector digest = RandomBytes(crypto::HashLen(hash));
      cases.AddWithVariants(Padding::kPkcs1, hash, digest, key, other_key,
                            SignPkcs1(key, hash, digest), &random_);
      cases.AddWithVariants(Padding::kPss, hash, digest, key, other_key,
                            SignPss(key, hash, hash, digest, -1), &random_);
    }
  }
  EXPECT_EQ(cases.num_valid(), keys.size() * 6);
  std::shuffle(cases.cases().begin(), cases.cases().end(), random_);
  RunAllBatchSizes(*kernel_, cases.cases());
}

// DigestInfo of `digest`, in DER.
ByteVector DigestInfo(Hash hash, const ByteVector& digest) {
  uint8_t* info = nullptr;
  size_t info_len = 0;
  int is_alloced = 0;
  EXPECT_EQ(RSA_add_pkcs1_prefix(&info, &info_len, &is_alloced,
                                 EVP_MD_type(HashMd(hash)), digest.data(),
                                 digest.size()),
            1);
  ByteVector bytes(info, info + info_len);
  if (is_alloced) OPENSSL_free(info);
  return bytes;
}

// 00 01 FF .. FF 00 info rest
ByteVector Pkcs1Block(size_t len, const ByteVector& info, size_t rest_len) {
  ByteVector em(len, 0xff);
  em[0] = 0;
  em[1] = 1;
  const size_t start = len - info.size() - rest_len;
  em[start - 1] = 0;
  std::copy(info.begin(), info.end(), em.begin() + static_cast<long>(start));
  std::fill(em.end() - static_cast<long>(rest_len), em.end(), 0x5a);
  return em;
}

// Encodings of PKCS #1 1.5 that are almost right.
std::vector<ByteVector> OddPkcs1Blocks(size_t len, Hash hash,
                                       const ByteVector& digest) {
  const ByteVector info = DigestInfo(hash, digest);
  const auto at = [](size_t i) { return static_cast<long>(i); };
  std::vector<ByteVector> blocks = {Pkcs1Block(len, info, 0)};
  // Short padding and something behind.
  for (size_t rest : {size_t{1}, len - info.size() - 11, len - info.size() - 10,
                      len - info.size() - 3}) {
    blocks.push_back(Pkcs1Block(len, info, rest));
  }
  // Other block types, a hole in the padding, a first byte that is not 0.
  for (const auto& [place, value] :
       std::vector<std::pair<size_t, uint8_t>>{{0, 1},
                                               {1, 0},
                                               {1, 2},
                                               {2, 0xfe},
                                               {5, 0},
                                               {len - info.size() - 2, 0xfe},
                                               {len - info.size() - 1, 1}}) {
    blocks.push_back(Pkcs1Block(len, info, 0));
    blocks.back()[place] = value;
  }
  // No NULL; NULL with a byte; the outer length in the long form.
  ByteVector without_null = info;
  without_null[1] -= 2;
  without_null[3] -= 2;
  without_null.erase(without_null.begin() + at(15),
                     without_null.begin() + at(17));
  blocks.push_back(Pkcs1Block(len, without_null, 0));
  ByteVector fat_null = info;
  fat_null[1] += 1;
  fat_null[3] += 1;
  fat_null[16] = 1;
  fat_null.insert(fat_null.begin() + at(17), 0);
  blocks.push_back(Pkcs1Block(len, fat_null, 0));
  ByteVector long_form = info;
  long_form.insert(long_form.begin() + at(1), 0x81);
  blocks.push_back(Pkcs1Block(len, long_form, 0));
  // The digest alone, a truncated one, and the other hashes' identifiers.
  blocks.push_back(Pkcs1Block(len, digest, 0));
  blocks.push_back(
      Pkcs1Block(len, ByteVector(info.begin(), info.end() - 1), 0));
  for (uint8_t arc = 1; arc <= 4; ++arc) {
    ByteVector other = info;
    other[14] = arc;
    blocks.push_back(Pkcs1Block(len, other, 0));
  }
  return blocks;
}

TEST_P(RsaKernelTest, VerdictsOfOddPkcs1PaddingsEqualBoringSsls) {
  const Keys keys = PrivateKeys(*kernel_, 2);
  SignedCases cases(len());
  for (Hash hash : kHashes) {
    const ByteVector digest = RandomBytes(crypto::HashLen(hash));
    for (const ByteVector& em : OddPkcs1Blocks(len(), hash, digest)) {
      for (const auto& key : keys) {
        cases.AddEncoding(Padding::kPkcs1, hash, digest, *key, em);
      }
    }
  }
  // The right encoding, and the identifier written over itself.
  EXPECT_EQ(cases.num_valid(), 3 * 2 * keys.size());
  std::shuffle(cases.cases().begin(), cases.cases().end(), random_);
  RunAllBatchSizes(*kernel_, cases.cases());
}

TEST_P(RsaKernelTest, VerdictsOfOddPssPaddingsEqualBoringSsls) {
  const Keys keys = PrivateKeys(*kernel_, 2);
  SignedCases cases(len());
  for (Hash hash : kHashes) {
    const int hash_len = static_cast<int>(crypto::HashLen(hash));
    const ByteVector digest = RandomBytes(crypto::HashLen(hash));
    const int longest = static_cast<int>(len()) - hash_len - 2;
    for (const auto& key : keys) {
      for (int salt_len :
           {0, 1, hash_len - 1, hash_len, hash_len + 1, longest}) {
        cases.Add(Padding::kPss, hash, digest, *key,
                  SignPss(*key, hash, hash, digest, salt_len));
      }
      for (Hash mask_hash : kHashes) {
        cases.Add(Padding::kPss, hash, digest, *key,
                  SignPss(*key, hash, mask_hash, digest, hash_len));
      }
      // Bytes of a good encoding changed: the trailer, the top bit, the
      // separator and zeros of the data block, the salt, H.
      ByteVector em;
      ReferencePower(key->rsa(), SignPss(*key, hash, hash, digest, hash_len),
                     &em);
      const size_t h = len() - crypto::HashLen(hash) - 1;
      const size_t separator = h - crypto::HashLen(hash) - 1;
      for (const auto& [place, flip] :
           std::vector<std::pair<size_t, uint8_t>>{{len() - 1, 0x70},
                                                   {0, 0x80},
                                                   {0, 0x40},
                                                   {1, 1},
                                                   {separator - 1, 1},
                                                   {separator, 1},
                                                   {separator, 2},
                                                   {separator + 1, 1},
                                                   {h - 1, 0x80},
                                                   {h, 1},
                                                   {len() - 2, 1}}) {
        ByteVector odd = em;
        odd[place] ^= flip;
        cases.AddEncoding(Padding::kPss, hash, digest, *key, odd);
      }
    }
  }
  EXPECT_EQ(cases.num_valid(), 3 * 2 * keys.size());
  std::shuffle(cases.cases().begin(), cases.cases().end(), random_);
  RunAllBatchSizes(*kernel_, cases.cases());
}

ByteVector DigestOf(Hash hash, const ByteVector& message) {
  ByteVector digest(crypto::HashLen(hash));
  unsigned len = 0;
  EXPECT_EQ(EVP_Digest(message.data(), message.size(), digest.data(), &len,
                       HashMd(hash), nullptr),
            1);
  return digest;
}

const Hash* HashNamed(absl::string_view name) {
  for (const Hash& hash : kHashes) {
    if (name == absl::StrCat("SHA-", 8 * crypto::HashLen(hash))) return &hash;
  }
  return nullptr;
}

// Null for keys that the kernel is not for.
std::unique_ptr<TestKey> WycheproofKey(const RsaKernel& kernel,
                                       json::Object group) {
  ByteVector n = HexBytes(group, "n");
  if (!n.empty() && n[0] == 0) n.erase(n.begin());
  if (n.size() != kernel.modulus_len || (n[0] & 0x80) == 0) return nullptr;
  if (Text(group, "e") != "010001") return nullptr;
  return TestKey::OfModulus(kernel, n);
}

void AddWycheproofFile(const RsaKernel& kernel, absl::string_view name,
                       Padding padding, Keys* keys, SignedCases* cases) {
  const VectorFile file(name);
  for (json::Object group : file.groups()) {
    const Hash* const hash = HashNamed(Text(group, "sha"));
    if (hash == nullptr) continue;
    auto key = WycheproofKey(kernel, group);
    if (key == nullptr) continue;
    keys->push_back(std::move(key));
    for (json::Object test : Objects(group, "tests")) {
      const ByteVector signature = HexBytes(test, "sig");
      if (signature.size() != kernel.modulus_len) continue;
      cases->Add(padding, *hash, DigestOf(*hash, HexBytes(test, "msg")),
                 *keys->back(), signature);
    }
  }
}

TEST_P(RsaKernelTest, VerdictsOnWycheproofEqualBoringSsls) {
  Keys keys;
  SignedCases cases(len());
  for (const char* name :
       {"rsa_signature_2048_sha256_test", "rsa_signature_2048_sha384_test",
        "rsa_signature_2048_sha512_test", "rsa_signature_3072_sha256_test",
        "rsa_signature_3072_sha384_test", "rsa_signature_3072_sha512_test",
        "rsa_signature_4096_sha384_test", "rsa_signature_4096_sha512_test",
        "rsa_signature_test", "rsa_sig_gen_misc_test"}) {
    AddWycheproofFile(*kernel_, name, Padding::kPkcs1, &keys, &cases);
  }
  const size_t num_pkcs1_valid = cases.num_valid();
  EXPECT_GT(num_pkcs1_valid, 0u);
  for (const char* name :
       {"rsa_pss_2048_sha256_mgf1_0_test", "rsa_pss_2048_sha256_mgf1_32_test",
        "rsa_pss_3072_sha256_mgf1_32_test", "rsa_pss_4096_sha256_mgf1_32_test",
        "rsa_pss_4096_sha512_mgf1_32_test", "rsa_pss_misc_test"}) {
    AddWycheproofFile(*kernel_, name, Padding::kPss, &keys, &cases);
  }
  EXPECT_GT(cases.num_valid(), num_pkcs1_valid);
  std::cout << cases.cases().size() << " cases under " << keys.size()
            << " keys, " << cases.num_valid() << " valid\n";
  std::shuffle(cases.cases().begin(), cases.cases().end(), random_);
  RunAllBatchSizes(*kernel_, cases.cases());
}

INSTANTIATE_TEST_SUITE_P(Avx512, RsaKernelTest, testing::Values(256, 384, 512),
                         [](const auto& info) {
                           return absl::StrCat(8 * info.param, "Bits");
                         });

}  // namespace
}  // namespace assay::simd
