// For valgrind's eyes: makes and compares MACs under a secret that memcheck is
// told to hold for uninitialised. A branch or an address that depends on the
// secret, or on a MAC made with it, is then an error that it reports; copies
// and arithmetic are not. See hmac_secrecy_test.sh.
//
//   hmac_secrecy constant   compares as the product does
//   hmac_secrecy memcmp     compares with memcmp: valgrind must report it
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"
#include "core/crypto/hmac.h"
#include "core/crypto/signature_scheme.h"
#include "valgrind/memcheck.h"

namespace assay::crypto {
namespace {

constexpr char kMessage[] = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ";
constexpr Hash kHashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};

void Poison(void* data, size_t len) { VALGRIND_MAKE_MEM_UNDEFINED(data, len); }
void Publish(void* data, size_t len) { VALGRIND_MAKE_MEM_DEFINED(data, len); }

using Compare = bool (*)(const HmacKey& key, Hash hash, absl::string_view mac);

bool CompareAsTheProduct(const HmacKey& key, Hash hash, absl::string_view mac) {
  return key.Verify(hash, kMessage, mac);
}

bool CompareWithMemcmp(const HmacKey& key, Hash hash, absl::string_view mac) {
  std::string expected(HashLen(hash), '\0');
  key.Sign(hash, kMessage, reinterpret_cast<uint8_t*>(&expected[0]));
  return std::memcmp(expected.data(), mac.data(), mac.size()) == 0;
}

// The good MAC of kMessage, as a sender's token would hold it: public.
std::string PublicMac(const HmacKey& key, Hash hash) {
  std::string mac(HashLen(hash), '\0');
  key.Sign(hash, kMessage, reinterpret_cast<uint8_t*>(&mac[0]));
  Publish(&mac[0], mac.size());
  return mac;
}

// Only the verdict is made public.
bool Verdict(Compare compare, const HmacKey& key, Hash hash,
             const std::string& mac) {
  bool equal = compare(key, hash, mac);
  Publish(&equal, sizeof(equal));
  return equal;
}

// False if a verdict is wrong.
bool Check(Compare compare, const std::string& secret) {
  bool all_right = true;
  const HmacKey key(secret);
  for (const Hash hash : kHashes) {
    const std::string good = PublicMac(key, hash);
    all_right &= Verdict(compare, key, hash, good);
    for (size_t i = 0; i < good.size(); ++i) {
      std::string bad = good;
      bad[i] ^= 1;
      all_right &= !Verdict(compare, key, hash, bad);
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
  const Compare compare =
      mode == "memcmp" ? &CompareWithMemcmp : &CompareAsTheProduct;
  bool all_right = true;
  // As long as the longest hash, and longer than the longest block.
  for (const size_t len : {64, 200}) {
    std::string secret(len, 's');
    Poison(&secret[0], secret.size());
    all_right &= Check(compare, secret);
  }
  if (!all_right) std::fputs("a verdict is wrong\n", stderr);
  return all_right ? 0 : 1;
}

}  // namespace
}  // namespace assay::crypto

int main(int argc, char** argv) {
  return assay::crypto::Main(argc > 1 ? argv[1] : "");
}
