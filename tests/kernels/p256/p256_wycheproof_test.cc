// Project Wycheproof's ECDSA vectors for P-256 with SHA-256, in the form r||s,
// through every kernel, window and lane.
#include <openssl/sha.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/json/reader.h"
#include "core/simd/ecdsa/ecdsa_kernel.h"
#include "gtest/gtest.h"
#include "tests/kernels/p256/reference.h"

namespace assay::simd::p256_test {
namespace {

std::string ReadVectorFile(absl::string_view name) {
  std::ifstream file(absl::StrCat(
      "../boringssl/src/third_party/wycheproof_testvectors/", name, ".json"));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string Text(json::Object object, const char* name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) return "";
  return std::string(text);
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

Bytes32 ToBytes32(absl::string_view bytes) {
  Bytes32 array = {};
  std::copy_n(bytes.begin(), std::min<size_t>(bytes.size(), 32), array.begin());
  return array;
}

// A public key from 0x04 || x || y.
std::shared_ptr<const Key> ParseKey(absl::string_view uncompressed) {
  Point q = Point::Generator();
  if (!Point::FromBytes(uncompressed, &q)) return nullptr;
  return Key::Make(q);
}

void AppendGroup(json::Object group, std::vector<Case>* cases) {
  json::Object key_object;
  if (group["key"].get(key_object) != simdjson::SUCCESS) return;
  if (Text(key_object, "curve") != "secp256r1") return;
  if (Text(group, "sha") != "SHA-256") return;
  const auto key =
      ParseKey(absl::HexStringToBytes(Text(key_object, "uncompressed")));
  ASSERT_NE(key, nullptr);
  for (json::Object test : Objects(group, "tests")) {
    const std::string signature = absl::HexStringToBytes(Text(test, "sig"));
    if (signature.size() != 64) continue;
    const std::string message = absl::HexStringToBytes(Text(test, "msg"));
    Case c = {"wycheproof",
              key,
              ToBytes32(signature),
              ToBytes32(absl::string_view(signature).substr(32)),
              {},
              Text(test, "result") == "valid",
              true};
    SHA256(reinterpret_cast<const uint8_t*>(message.data()), message.size(),
           c.digest.data());
    EXPECT_EQ(BoringSslVerdict(*c.key, c.r, c.s, c.digest), c.valid)
        << Text(test, "comment");
    cases->push_back(c);
  }
}

std::vector<Case> ReadCases() {
  std::vector<Case> cases;
  for (const char* name :
       {"ecdsa_secp256r1_sha256_p1363_test", "ecdsa_webcrypto_test"}) {
    const std::string text = ReadVectorFile(name);
    json::Reader reader(32);
    json::Object root;
    EXPECT_EQ(reader.ParseObject(text, &root), json::Error::kNone) << name;
    for (json::Object group : Objects(root, "testGroups")) {
      AppendGroup(group, &cases);
    }
  }
  return cases;
}

TEST(P256WycheproofTest, KernelsSayWhatTheFilesSay) {
  const std::vector<Case> cases = ReadCases();
  ASSERT_GT(cases.size(), 300u);
  for (const EcdsaKernel* kernel : Kernels()) {
    for (const int window : WindowsOf(*kernel)) {
      int undecided = 0, accepted = 0;
      // Every shift puts each case into another lane.
      for (size_t shift = 0; shift < kernel->num_lanes; ++shift) {
        std::vector<EcdsaJob> jobs;
        for (size_t i = 0; i < cases.size() + shift; ++i) {
          jobs.push_back(
              MakeJob(*kernel, window, cases[i < shift ? 0 : i - shift]));
        }
        std::vector<LaneVerdict> verdicts(jobs.size());
        kernel->verify(jobs.data(), jobs.size(), verdicts.data());
        for (size_t i = 0; i < cases.size(); ++i) {
          const LaneVerdict verdict = verdicts[i + shift];
          undecided += verdict == LaneVerdict::kUndecided;
          accepted += verdict == LaneVerdict::kAccepted;
          if (verdict == LaneVerdict::kUndecided) continue;
          ASSERT_EQ(verdict == LaneVerdict::kAccepted, cases[i].valid)
              << kernel->name << ", window " << window << ", case " << i;
        }
      }
      EXPECT_GT(accepted, 0);
      EXPECT_LT(undecided * 5,
                static_cast<int>(cases.size() * kernel->num_lanes));
      std::cout << kernel->name << ", window " << window << ": " << cases.size()
                << " cases, " << undecided / static_cast<int>(kernel->num_lanes)
                << " undecided\n";
    }
  }
}

}  // namespace
}  // namespace assay::simd::p256_test
