// Proves that BoringSSL is what our code compiles against and calls. The header
// <openssl/...> of the system is OpenSSL's, so a target that forgets the
// BoringSSL dependency would quietly compile against the wrong library: every
// file of core/crypto repeats the check of the next three lines.
#include <openssl/base.h>
#ifndef OPENSSL_IS_BORINGSSL
#error \
    "<openssl/...> is not BoringSSL's: add //bazel/third_party:boringssl_crypto"
#endif

#include <dlfcn.h>
#include <openssl/crypto.h>
#include <openssl/curve25519.h>
#include <openssl/sha.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "gtest/gtest.h"

namespace assay {
namespace {

TEST(BoringSslTest, RunningLibraryCallsItselfBoringSsl) {
  EXPECT_STREQ(OpenSSL_version(OPENSSL_VERSION), "BoringSSL");
}

TEST(BoringSslTest, FunctionsLiveInThisProgramNotInASharedLibrary) {
  Dl_info program, function;
  static int in_this_program;
  ASSERT_NE(dladdr(&in_this_program, &program), 0);
  ASSERT_NE(dladdr(reinterpret_cast<void*>(&SHA256_Init), &function), 0);
  EXPECT_EQ(program.dli_fbase, function.dli_fbase) << function.dli_fname;
}

TEST(BoringSslTest, AssemblyIsCompiledIn) {
#if defined(__x86_64__) || defined(__aarch64__)
#ifdef OPENSSL_NO_ASM
  FAIL() << "BoringSSL was built without assembly: several times slower";
#endif
  EXPECT_EQ(CRYPTO_has_asm(), 1);
#endif
}

TEST(BoringSslTest, SignsAndVerifiesWithEd25519) {
  uint8_t public_key[ED25519_PUBLIC_KEY_LEN];
  uint8_t private_key[ED25519_PRIVATE_KEY_LEN];
  ED25519_keypair(public_key, private_key);
  uint8_t message[] = "signing input";
  uint8_t signature[ED25519_SIGNATURE_LEN];
  ASSERT_EQ(ED25519_sign(signature, message, sizeof(message), private_key), 1);
  EXPECT_EQ(ED25519_verify(message, sizeof(message), signature, public_key), 1);
  message[0] ^= 1;
  EXPECT_EQ(ED25519_verify(message, sizeof(message), signature, public_key), 0);
}

}  // namespace
}  // namespace assay
