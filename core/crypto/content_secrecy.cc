// For valgrind's eyes: opens content and unwraps keys under keys that memcheck
// is told to hold for uninitialised. Every branch that depends on a secret is
// then an error that it reports, and those are counted. A failure may tell one
// thing, that it is one; so there is one such branch for each verdict, however
// far a forgery is from being good and wherever it goes wrong.
//
//   content_secrecy constant   opens and unwraps as the product does
//   content_secrecy naive      compares tags and padding byte by byte: the
//                              count must tell them apart
//
// See content_secrecy_test.sh.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/aes_cbc.h"
#include "core/crypto/aes_key_wrap.h"
#include "core/crypto/content_cipher.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/hmac_states.h"
#include "valgrind/memcheck.h"

namespace assay::crypto {
namespace {

constexpr char kAad[] = "eyJhbGciOiJkaXIifQ";
constexpr ContentEncryption kEncryptions[] = {
    ContentEncryption::kAes128CbcHmacSha256,
    ContentEncryption::kAes192CbcHmacSha384,
    ContentEncryption::kAes256CbcHmacSha512};

void Poison(std::string* bytes) {
  VALGRIND_MAKE_MEM_UNDEFINED(&(*bytes)[0], bytes->size());
}
// As it is when it has been sent.
void Publish(std::string* bytes) {
  VALGRIND_MAKE_MEM_DEFINED(&(*bytes)[0], bytes->size());
}

uint8_t* Data(std::string* bytes) {
  return reinterpret_cast<uint8_t*>(&(*bytes)[0]);
}

bool IsPublic(bool verdict) {
  VALGRIND_MAKE_MEM_DEFINED(&verdict, sizeof(verdict));
  return verdict;
}

// What `work` says, and how often it lets a secret decide.
struct Outcome {
  bool verdict;
  size_t num_decisions;
};

template <typename Work>
Outcome Watch(const Work& work) {
  const auto before = VALGRIND_COUNT_ERRORS;
  const bool verdict = IsPublic(work());
  return {verdict, static_cast<size_t>(VALGRIND_COUNT_ERRORS - before)};
}

bool Expect(const char* what, Outcome outcome, bool verdict,
            size_t num_decisions) {
  if (outcome.verdict == verdict && outcome.num_decisions == num_decisions) {
    return true;
  }
  std::printf(
      "%s: the verdict is %d and a secret decided %zu times, not %d "
      "and %zu times\n",
      what, outcome.verdict, outcome.num_decisions, verdict, num_decisions);
  return false;
}

// One content under one secret key, in its parts.
struct Sealed {
  std::string cek, iv, ciphertext, tag;
};

template <typename Algorithm>
std::string MacWith(const Sealed& sealed) {
  constexpr size_t kTagLen = Algorithm::kDigestLen / 2;
  HmacStates<typename Algorithm::Ctx> states;
  PrepareHmac<Algorithm>(absl::string_view(sealed.cek).substr(0, kTagLen),
                         &states);
  std::string al(8, '\0');
  al.back() = static_cast<char>(absl::string_view(kAad).size() * 8);
  std::string mac(Algorithm::kDigestLen, '\0');
  ComputeHmac<Algorithm>(states, {kAad, sealed.iv, sealed.ciphertext, al},
                         Data(&mac));
  mac.resize(kTagLen);
  return mac;
}

// A secret (RFC 7518 5.2.2.1).
std::string Mac(ContentEncryption encryption, const Sealed& sealed) {
  switch (encryption) {
    case ContentEncryption::kAes128CbcHmacSha256:
      return MacWith<Sha256Algorithm>(sealed);
    case ContentEncryption::kAes192CbcHmacSha384:
      return MacWith<Sha384Algorithm>(sealed);
    default:
      return MacWith<Sha512Algorithm>(sealed);
  }
}

// `last_block` has 16 bytes, in the place of the padding.
Sealed Seal(ContentEncryption encryption, const std::string& last_block) {
  Sealed sealed;
  sealed.cek.assign(CekLen(encryption), 'k');
  Poison(&sealed.cek);
  sealed.iv.assign(kAesBlockLen, 'i');
  const std::string plaintext = absl::StrCat(std::string(32, 'p'), last_block);
  const AesCbc cbc(absl::string_view(sealed.cek).substr(TagLen(encryption)));
  sealed.ciphertext.resize(AesCbc::CiphertextLen(plaintext.size()));
  cbc.Encrypt(sealed.iv, plaintext, Data(&sealed.ciphertext));
  // Without the padding that was added: last_block is the last one now.
  sealed.ciphertext.resize(plaintext.size());
  Publish(&sealed.ciphertext);
  sealed.tag = Mac(encryption, sealed);
  Publish(&sealed.tag);
  return sealed;
}

bool Open(ContentEncryption encryption, const Sealed& sealed) {
  const auto cipher = ContentCipher::Create(encryption, sealed.cek);
  std::string plaintext(sealed.ciphertext.size(), '\0');
  size_t len = 0;
  return (*cipher)->Open(sealed.iv, kAad, sealed.ciphertext, sealed.tag,
                         Data(&plaintext), &len);
}

// As Open, byte by byte.
bool OpenNaively(ContentEncryption encryption, const Sealed& sealed) {
  const std::string mac = Mac(encryption, sealed);
  for (size_t i = 0; i < mac.size(); ++i) {
    if (mac[i] != sealed.tag[i]) return false;
  }
  const AesCbc cbc(absl::string_view(sealed.cek).substr(TagLen(encryption)));
  std::string plaintext(sealed.ciphertext.size(), '\0');
  size_t len = 0;
  return cbc.Decrypt(sealed.iv, sealed.ciphertext, Data(&plaintext), &len);
}

using Opener = bool (*)(ContentEncryption encryption, const Sealed& sealed);

// The tag decides, and where it is good the padding does.
bool CheckContent(Opener open) {
  bool all_right = true;
  for (const ContentEncryption encryption : kEncryptions) {
    const std::string padding(16, 16);
    const Sealed good = Seal(encryption, padding);
    all_right &= Expect("good content",
                        Watch([&] { return open(encryption, good); }), true, 2);
    for (size_t i = 0; i < good.tag.size(); ++i) {
      Sealed bad = good;
      bad.tag[i] = static_cast<char>(bad.tag[i] ^ 1);
      all_right &= Expect(
          "a bad tag", Watch([&] { return open(encryption, bad); }), false, 1);
    }
    for (size_t i = 0; i < padding.size(); ++i) {
      std::string wrong = padding;
      wrong[i] = static_cast<char>(wrong[i] ^ 0x40);
      const Sealed bad = Seal(encryption, wrong);
      all_right &=
          Expect("bad padding", Watch([&] { return open(encryption, bad); }),
                 false, 2);
    }
  }
  return all_right;
}

// The integrity check value decides (RFC 3394 2.2.3).
bool CheckKeyWrap() {
  bool all_right = true;
  for (const size_t kek_len : {16, 24, 32}) {
    std::string kek(kek_len, 'k');
    Poison(&kek);
    const auto wrap = AesKeyWrap::Create(kek);
    const std::string cek(32, 'c');
    std::string wrapped(AesKeyWrap::WrappedLen(cek.size()), '\0');
    all_right &= (*wrap)->Wrap(cek, Data(&wrapped));
    Publish(&wrapped);
    for (size_t i = 0; i <= wrapped.size(); ++i) {
      std::string sent = wrapped;
      const bool is_good = i == wrapped.size();
      if (!is_good) sent[i] = static_cast<char>(sent[i] ^ 1);
      all_right &= Expect("a wrapped key", Watch([&] {
                            SecretBytes unwrapped;
                            return (*wrap)->Unwrap(sent, &unwrapped);
                          }),
                          is_good, 1);
    }
  }
  return all_right;
}

int Main(absl::string_view mode) {
  // Without valgrind poison is without effect, and the check without meaning.
  if (RUNNING_ON_VALGRIND == 0) {
    std::fputs("run this under valgrind\n", stderr);
    return 2;
  }
  bool all_right = CheckContent(mode == "naive" ? &OpenNaively : &Open);
  all_right &= CheckKeyWrap();
  return all_right ? 0 : 1;
}

}  // namespace
}  // namespace assay::crypto

int main(int argc, char** argv) {
  return assay::crypto::Main(argc > 1 ? argv[1] : "");
}
