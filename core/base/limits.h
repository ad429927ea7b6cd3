// Every bound of the core, in one place, each with its reason.
//
// A bound that a user may need to move is a member of Limits; a bound that is
// part of a format or of an algorithm's security is a constant.
#ifndef ASSAY_CORE_BASE_LIMITS_H_
#define ASSAY_CORE_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace assay {

// RFC 7518 3.3 and 3.5: RSA keys below 2048 bits must not be used.
inline constexpr int kMinRsaModulusBits = 2048;
// BoringSSL itself refuses moduli above this; the configurable cap is lower.
inline constexpr int kMaxRsaModulusBits = 16384;
// BoringSSL refuses public exponents above 33 bits.
inline constexpr int kMaxRsaExponentBits = 33;
// An HMAC secret longer than this is a mistake (a file that is no key).
inline constexpr size_t kMaxSymmetricKeyBytes = 4096;
// Header objects are flat in practice; deeper nesting is an attack.
inline constexpr size_t kMaxHeaderJsonDepth = 8;
// Most names in crit that are looked at one by one: names are compared with
// each other and with the header's, which would be quadratic without a bound.
inline constexpr size_t kMaxCritNames = 16;
// RFC 7518 4.8.1.1: a salt input has 8 bytes at least. Nobody needs more than
// the upper bound.
inline constexpr size_t kMinPbes2SaltBytes = 8;
inline constexpr size_t kMaxPbes2SaltBytes = 512;
// RFC 7518 4.8.1.2: the fewest that we encrypt with. Tokens of others may have
// fewer.
inline constexpr uint32_t kMinPbes2Iterations = 1000;
// What OWASP's Password Storage Cheat Sheet asks for with SHA-256.
inline constexpr uint32_t kDefaultPbes2Iterations = 600'000;
// Most issuers, audiences and required claims that one policy names: each token
// is compared with them one by one.
inline constexpr size_t kMaxPolicyNames = 1024;
// Most signatures of one JWS in JSON: each costs a check, so a token could
// otherwise ask for a thousand of them. RFC 7515 and RFC 7520 show three.
inline constexpr size_t kMaxJwsSignatures = 8;
// Longest payload that stands beside its token: a document, not a claims set.
// It is copied into a signing input once per signature.
inline constexpr size_t kMaxDetachedPayloadBytes = size_t{16} << 20;
// Most certificates in an x5c, of a JWK or a token: chains have two or three,
// and each is parsed.
inline constexpr size_t kMaxX5cCertificates = 10;
// Trusted chains of certificates that one key set remembers: more than a fleet
// has signers at once; about 1 kB each.
inline constexpr size_t kMaxRememberedChains = 1024;
// Chains of certificates that one batch may have verified, those that are
// remembered not counted: each costs a signature check per certificate, and
// most of what comes in such numbers is not trusted anyway.
inline constexpr uint64_t kMaxBatchNewChains = 256;
// Layers of a nested token: a signature within an encryption is what there is;
// each further one costs everything again, and a reader gains nothing.
inline constexpr int kDefaultNestedLayers = 2;
inline constexpr int kMaxNestedLayers = 4;
// How many keys are tried for a token whose header names no kid, or a kid
// that several keys bear: each try costs one signature check.
inline constexpr size_t kMaxKeyCandidates = 4;
// Longest apu and apv of ECDH-ES: names of people or machines, or hashes.
inline constexpr size_t kMaxPartyInfoBytes = 4096;
// How many pairs of a recipient and a key are tried for one JWE in JSON, of
// those without a password and, in a second run, of those with one: most name
// a kid, and one is enough. Sixteen of RSA take some 10 ms.
inline constexpr size_t kMaxRecipientTries = 16;

// Memory for precomputed tables of hot keys: a thousand keys with tables of
// 256 KiB, or eight thousand with the smallest.
inline constexpr size_t kDefaultTableBudgetBytes = size_t{256} << 20;
// Rejections per batch that BoringSSL confirms: about 13 ms of P-256.
inline constexpr int64_t kDefaultMaxConfirmedRejections = 256;

struct Limits {
  // Longest token accepted. Real tokens are below 8 KiB because they travel
  // in HTTP headers; this leaves room for embedded certificates and claims.
  size_t max_token_bytes = 64 * 1024;
  // Longest protected header, encoded. An x5c chain fits; the parser's cost
  // stays bounded.
  size_t max_header_bytes = 16 * 1024;
  // Most PBKDF2 iterations (p2c) that one token may ask for: half a second or
  // so. (Where its kid does not tell which of several passwords is meant, or it
  // has several recipients, four times that: see kMaxKeyCandidates.) Password
  // storage takes 600 000 today (OWASP); other libraries' tokens ask for a few
  // thousand.
  uint32_t max_pbes2_iterations = 1'000'000;
  // Most of them in one batch: seconds of work at most, for all threads
  // together.
  uint64_t max_batch_pbes2_iterations = 10'000'000;
  // Most recipients of one JWE in JSON: each costs a look at its header.
  size_t max_recipients = 100;
  // Longest content of a compressed JWE (zip), inflated: what others allow, too
  // (250 kB). 64 kB can inflate to 64 MB.
  size_t max_inflated_bytes = 250'000;
  // Most of it in one batch, whose answers are all in memory at once.
  uint64_t max_batch_inflated_bytes = 64 * 1024 * 1024;
  // Deepest nesting of a payload's JSON.
  size_t max_json_depth = 32;
  // Most tokens in one batch.
  size_t max_batch_items = 100'000;
  // Largest RSA modulus: 4096 bits take 4 times as long to verify as 2048; a
  // 16384-bit key would stall the thread that meets it for milliseconds.
  int max_rsa_modulus_bits = 8192;
  // Largest key file.
  size_t max_key_file_bytes = 64 * 1024 * 1024;
  // Most keys in one set.
  size_t max_keys_per_set = 1'000'000;
  // Most distinct header encodings that one snapshot remembers.
  size_t max_header_memo_entries = 4096;
};

}  // namespace assay

#endif  // ASSAY_CORE_BASE_LIMITS_H_
