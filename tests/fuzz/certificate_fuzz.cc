// Chains of certificates: in DER, in the JSON of x5c, and as damaged copies of
// a good one, which the fuzzer's bytes choose.
//
// What must hold: trusted is the good chain, with its root or without it, while
// it is valid, and no other; the key that comes of it is the leaf's; nothing
// that is refused is remembered; and what x5c holds is decoded from its one
// strict form.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/base/limits.h"
#include "core/crypto/certificate_chain.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/x5c.h"
#include "core/json/reader.h"
#include "core/keys/certificate_keys.h"
#include "core/keys/prepared_key.h"
#include "tests/fuzz/choices.h"

namespace {

using assay::crypto::ChainFault;
using assay::testing::Choices;
using Chain = std::vector<std::string>;

// Made by OpenSSL's command line in November 2026: a root and an intermediate
// of about a hundred years, and leaves of one P-256 key: one of nearly as many
// named urn:example:a, one of them named urn:example:b, and one of a day.
constexpr char kRoot[] =
    "MIIBZTCCAQqgAwIBAgIUauHK1aU4dlMy5S3XRuQnr1Ijwa0wCgYIKoZIzj0EAwIwDzENMA"
    "sGA1UEAwwEcm9vdDAgFw0yNjExMjcyMzUyMDhaGA8yMTI2MTEwMzIzNTIwOFowDzENMAsG"
    "A1UEAwwEcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABInC1tIJ26YaF5ZZqaZqcC"
    "RJZBwQTrEySShXpk23ZT869rDqIWRRjS85TfF5f2SVxER/tg4hECzgnE1HaEVOQhijQjBA"
    "MA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMB0GA1UdDgQWBBS0+1rrkpDgJZ"
    "jJIup/CXkDUi5evDAKBggqhkjOPQQDAgNJADBGAiEAnu6wgWFP/vS+iuve7mMB2j9fJ0SN"
    "WYrfFJBaIgomb1cCIQDbie5WpgQiTEgcbmLwOKKXNcTsGDRstqRzvK0z0RJ7Hg==";
constexpr char kIntermediate[] =
    "MIIBczCCARqgAwIBAgIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARyb290MCAXDTI2MT"
    "EyNzIzNTIwOFoYDzIxMjUwNjIxMjM1MjA4WjAOMQwwCgYDVQQDDANtaWQwWTATBgcqhkjO"
    "PQIBBggqhkjOPQMBBwNCAARyK3wRaTnwqgINcnXHiOMSb+Kj2E7gnCczd70axvp1eZCWqd"
    "mdrtiT+Oew6BYnrhcClfR10eEZKs82ymRPiCRyo2YwZDASBgNVHRMBAf8ECDAGAQH/AgEA"
    "MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQULbHo8eE+KtgNqpb3cknh2PP4BCYwHwYDVR"
    "0jBBgwFoAUtPta65KQ4CWYySLqfwl5A1IuXrwwCgYIKoZIzj0EAwIDRwAwRAIgZyl1Qr5I"
    "WBKb6z5xGny57Qp6nhNkwOVtPx8Th+Y16pMCICGbBIDrYJy15MWl6IyaJHiVvqOHb8WolE"
    "lcblPInSwL";
constexpr char kLeaf[] =
    "MIIBnDCCAUKgAwIBAgIBAzAKBggqhkjOPQQDAjAOMQwwCgYDVQQDDANtaWQwIBcNMjYxMT"
    "I3MjM1MjA4WhgPMjEyNTA2MjEyMzUyMDhaMAwxCjAIBgNVBAMMAWEwWTATBgcqhkjOPQIB"
    "BggqhkjOPQMBBwNCAATN/PloSxagChDpJUlIogWJSQgwNv4sGEXoQ+UgESew0ebaqwMqel"
    "R4Rzq2MUng0iyuSsqCOHO7jdCKhqbg3Grbo4GQMIGNMAwGA1UdEwEB/wQCMAAwDgYDVR0P"
    "AQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMDMBgGA1UdEQQRMA+GDXVybjpleGFtcG"
    "xlOmEwHQYDVR0OBBYEFIFJSm2gTbUgEPL8Lm+JxCFNI+EiMB8GA1UdIwQYMBaAFC2x6PHh"
    "PirYDaqW93JJ4djz+AQmMAoGCCqGSM49BAMCA0gAMEUCIFHDNudrC4tHV8g4GriVMRqPKd"
    "2F2M8xxlcziOH42L+uAiEAkINaN3I7YViWGGhImolVDfMwmfVeCPvKwJgqDGEux/M=";
constexpr char kOtherLeaf[] =
    "MIIBnDCCAUKgAwIBAgIBBDAKBggqhkjOPQQDAjAOMQwwCgYDVQQDDANtaWQwIBcNMjYxMT"
    "I3MjM1MjA4WhgPMjEyNTA2MjEyMzUyMDhaMAwxCjAIBgNVBAMMAWIwWTATBgcqhkjOPQIB"
    "BggqhkjOPQMBBwNCAATN/PloSxagChDpJUlIogWJSQgwNv4sGEXoQ+UgESew0ebaqwMqel"
    "R4Rzq2MUng0iyuSsqCOHO7jdCKhqbg3Grbo4GQMIGNMAwGA1UdEwEB/wQCMAAwDgYDVR0P"
    "AQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMDMBgGA1UdEQQRMA+GDXVybjpleGFtcG"
    "xlOmIwHQYDVR0OBBYEFIFJSm2gTbUgEPL8Lm+JxCFNI+EiMB8GA1UdIwQYMBaAFC2x6PHh"
    "PirYDaqW93JJ4djz+AQmMAoGCCqGSM49BAMCA0gAMEUCIHZUnkSWb/HDJZ/wjZNaqLE14o"
    "4f8MocKTeLthF/omgNAiEArxSnGTzJ/LiUIoxRrDLkTLYLLxxlHp8GGwkr09lIzJg=";
constexpr char kBriefLeaf[] =
    "MIIBmTCCAUCgAwIBAgIBBTAKBggqhkjOPQQDAjAOMQwwCgYDVQQDDANtaWQwHhcNMjYxMT"
    "I3MjM1MjA4WhcNMjYxMTI4MjM1MjA4WjAMMQowCAYDVQQDDAFhMFkwEwYHKoZIzj0CAQYI"
    "KoZIzj0DAQcDQgAEzfz5aEsWoAoQ6SVJSKIFiUkIMDb+LBhF6EPlIBEnsNHm2qsDKnpUeE"
    "c6tjFJ4NIsrkrKgjhzu43Qioam4Nxq26OBkDCBjTAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB"
    "/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDAzAYBgNVHREEETAPhg11cm46ZXhhbXBsZT"
    "phMB0GA1UdDgQWBBSBSUptoE21IBDy/C5vicQhTSPhIjAfBgNVHSMEGDAWgBQtsejx4T4q"
    "2A2qlvdySeHY8/gEJjAKBggqhkjOPQQDAgNHADBEAiBRtjg6+rTijRgGFZXLybDicfrVpL"
    "816+iLpHpXNr3oQwIgbefn3JjKTtwPgfw8Ds27HWbLvX+JLKa3e/WSC3oB/uo=";

constexpr size_t kMaxChain = 6;

void Require(bool condition) {
  if (!condition) std::abort();
}

std::string Der(absl::string_view base64) {
  std::string der;
  Require(absl::Base64Unescape(base64, &der));
  return der;
}

absl::Time Year(int64_t year) {
  return absl::FromCivil(absl::CivilYear(year), absl::UTCTimeZone());
}

class Fuzzer {
 public:
  Fuzzer() : keys_(MakeVerifier(), assay::Limits()) {
    for (const char* text :
         {kLeaf, kIntermediate, kRoot, kOtherLeaf, kBriefLeaf}) {
      known_.push_back(Der(text));
    }
    const Chain with_root(known_.begin(), known_.begin() + 3);
    good_ = {Chain(known_.begin(), known_.begin() + 2), with_root};
    leaf_kid_ = Find(with_root, Year(2030)).key->kid();
    for (const Chain& chain : good_) Judge(chain);
    Require(keys_.NumRememberedForTest() == good_.size());
  }

  // What is no certificate's beginning chooses damage.
  void Run(absl::string_view text) {
    if (text[0] == '{') {
      JudgeJson(text);
    } else if (text[0] == '\x30') {
      JudgeDer(text);
    } else {
      JudgeDamaged(Choices(absl::MakeConstSpan(
          reinterpret_cast<const uint8_t*>(text.data()), text.size())));
    }
    Require(keys_.NumRememberedForTest() == good_.size());
  }

 private:
  static std::unique_ptr<const assay::crypto::ChainVerifier> MakeVerifier() {
    assay::crypto::ChainPolicy policy;
    policy.uris = {"urn:example:a"};
    policy.max_certificates = 4;
    auto verifier =
        assay::crypto::ChainVerifier::Create({Der(kRoot)}, std::move(policy));
    Require(verifier.ok());
    return *std::move(verifier);
  }

  assay::keys::CertificateKeys::Found Find(const Chain& chain,
                                           absl::Time now) const {
    assay::jose::IterationBudget budget(1);
    return keys_.Find(chain, now, &budget);
  }

  void Judge(const Chain& chain) const {
    const bool is_good =
        std::find(good_.begin(), good_.end(), chain) != good_.end();
    for (const int year : {2020, 2030, 2130}) {
      const auto found = Find(chain, Year(year));
      const bool is_trusted = found.key != nullptr;
      Require(is_trusted == (is_good && year == 2030));
      Require(is_trusted == (found.fault == ChainFault::kNone));
      Require(!is_trusted || found.key->kid() == leaf_kid_);
      Require(Find(chain, Year(year)).fault == found.fault);
    }
  }

  // As the leaf, and in the place of each certificate of the good chain.
  void JudgeDer(absl::string_view der) const {
    Judge({std::string(der)});
    for (size_t i = 0; i < good_.back().size(); ++i) {
      Chain chain = good_.back();
      chain[i] = std::string(der);
      Judge(chain);
    }
  }

  void JudgeJson(absl::string_view text) {
    assay::json::Object object;
    assay::json::Element x5c;
    if (reader_.ParseObject(text, &object) != assay::json::Error::kNone ||
        object.at_key("x5c").get(x5c) != simdjson::SUCCESS) {
      return;
    }
    Chain chain;
    if (!assay::jose::DecodeX5c(x5c, kMaxChain, &chain).ok()) return;
    Require(!chain.empty() && chain.size() <= kMaxChain);
    assay::json::Array list;
    Require(x5c.get(list) == simdjson::SUCCESS && list.size() == chain.size());
    size_t i = 0;
    for (const assay::json::Element entry : list) {
      std::string_view encoded;
      Require(entry.get_string().get(encoded) == simdjson::SUCCESS);
      const std::string again = assay::jose::EncodeX5c(chain[i++]);
      Require(again == absl::string_view(encoded.data(), encoded.size()));
    }
    Judge(chain);
  }

  void JudgeDamaged(Choices choices) const {
    Chain chain = good_[choices.Below(good_.size())];
    for (size_t num = 1 + choices.Below(3); num > 0 && !chain.empty(); --num) {
      Damage(&choices, &chain);
    }
    Judge(chain);
  }

  void Damage(Choices* choices, Chain* chain) const {
    const size_t i = choices->Below(chain->size());
    const auto it = chain->begin() + static_cast<std::ptrdiff_t>(i);
    switch (choices->Below(6)) {
      case 0:
        DamageBytes(choices, &*it);
        break;
      case 1:
        chain->erase(it);
        break;
      case 2:
        if (chain->size() < kMaxChain) {
          chain->insert(it, known_[choices->Below(known_.size())]);
        }
        break;
      case 3:
        *it = known_[choices->Below(known_.size())];
        break;
      case 4:
        std::swap(*it, (*chain)[choices->Below(chain->size())]);
        break;
      case 5:  // Two in one.
        it->append(known_[choices->Below(known_.size())]);
        break;
    }
  }

  void DamageBytes(Choices* choices, std::string* der) const {
    if (der->empty()) return;
    const size_t at = choices->Below(der->size());
    const size_t len = 1 + choices->Below(80);
    const std::string& other = known_[choices->Below(known_.size())];
    switch (choices->Below(5)) {
      case 0:
        (*der)[at] = static_cast<char>((*der)[at] ^ (1 << choices->Below(8)));
        break;
      case 1:
        (*der)[at] = static_cast<char>(choices->Below(256));
        break;
      case 2:
        der->resize(at);
        break;
      case 3:  // What another has in the same place.
        if (at < other.size()) der->replace(at, len, other.substr(at, len));
        break;
      case 4:
        der->insert(at, len, '\0');
        break;
    }
  }

  const assay::keys::CertificateKeys keys_;
  assay::json::Reader reader_{/*max_depth=*/8};
  Chain known_;
  std::vector<Chain> good_;
  std::string leaf_kid_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const fuzzer = new Fuzzer;
  if (size == 0) return 0;
  fuzzer->Run(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
