#include "core/crypto/lane_run.h"

#include <algorithm>
#include <cstring>

#include "core/crypto/boringssl.h"
#include "core/crypto/digest.h"
#include "core/crypto/hmac.h"
#include "core/crypto/lane_state.h"
#include "core/crypto/rsa_encoding.h"
#include "core/simd/sha2/sha2_initial_state.h"

namespace assay::crypto {
namespace {

using simd::LaneVerdict;

constexpr size_t kSha256BlockLen = 64;
constexpr size_t kSha512BlockLen = 128;
// Fewer messages than this are hashed one by one: BoringSSL's SHA-256 uses
// SHA-NI itself, and eight lanes of SHA-512 cost as much as about three
// messages (//bench:kernels).
constexpr size_t kMinSha256Batch = 2;
constexpr size_t kMinSha512Batch = 3;

constexpr size_t kEd25519HalfLen = 32;

// Whether BoringSSL answers sooner: eight lanes of SHA-512 take half as long
// again for one message as it does (//bench:kernels).
bool AreTooFew(Lane lane, size_t num) {
  const bool is_sha512 = lane == Lane::kHmacSha384 || lane == Lane::kHmacSha512;
  return is_sha512 && num == 1;
}

const uint8_t* SignatureBytes(const SignatureCheck& check) {
  return Bytes(check.signature);
}

}  // namespace

void LaneRun::Run() {
  AssignLanes();
  for (size_t begin = 0; begin < checks_.size();) {
    const Lane lane = buffers_.lanes[buffers_.order[begin]];
    size_t end = begin + 1;
    while (end < checks_.size() &&
           buffers_.lanes[buffers_.order[end]] == lane) {
      ++end;
    }
    RunLane(lane, Group(buffers_.order).subspan(begin, end - begin));
    begin = end;
  }
}

// A counting sort by lane, stable.
void LaneRun::AssignLanes() {
  size_t next[kNumLanes + 2] = {};
  for (size_t i = 0; i < checks_.size(); ++i) {
    const Lane lane = LaneOf(checks_[i]);
    buffers_.lanes[i] = lane;
    ++next[static_cast<size_t>(lane) + 1];
  }
  for (size_t lane = 1; lane < kNumLanes + 2; ++lane) {
    next[lane] += next[lane - 1];
  }
  for (size_t i = 0; i < checks_.size(); ++i) {
    const size_t place = next[static_cast<size_t>(buffers_.lanes[i])]++;
    buffers_.order[place] = static_cast<uint16_t>(i);
  }
}

// Kernels read signatures of the right length: no other reaches them.
Lane LaneRun::LaneOf(const SignatureCheck& check) const {
  return check.signature.size() == check.key->SignatureLen(check.scheme)
             ? verifier_.LaneOf(*check.key, check.scheme)
             : Lane::kNone;
}

void LaneRun::RunLane(Lane lane, Group group) {
  if (lane == Lane::kNone || AreTooFew(lane, group.size())) {
    for (uint16_t check : group) checks_[check].valid = PlainAnswer(check);
    return;
  }
  Judge(lane, group);
  Conclude(lane, group);
}

// All checks as they come.
LaneRun::Group LaneRun::OneGroup() {
  for (size_t i = 0; i < checks_.size(); ++i) {
    buffers_.order[i] = static_cast<uint16_t>(i);
  }
  return Group(buffers_.order).subspan(0, checks_.size());
}

absl::Span<const LaneVerdict> LaneRun::JudgeForSelfTest(Lane lane) {
  Judge(lane, OneGroup());
  return absl::MakeConstSpan(buffers_.verdicts).subspan(0, checks_.size());
}

bool LaneRun::HashesRightlyForSelfTest(Hash hash) {
  if (hash == Hash::kSha256) {
    HashMessages256(OneGroup());
  } else {
    HashMessages512(hash, OneGroup());
  }
  for (size_t i = 0; i < checks_.size(); ++i) {
    uint8_t expected[64];
    Digest(hash, checks_[i].message, expected);
    if (std::memcmp(buffers_.digests[i].data(), expected, HashLen(hash)) != 0) {
      return false;
    }
  }
  return true;
}

void LaneRun::Judge(Lane lane, Group group) {
  switch (lane) {
    case Lane::kHmacSha256:
      return JudgeHmac256(group);
    case Lane::kHmacSha384:
      return JudgeHmac512(Hash::kSha384, group);
    case Lane::kHmacSha512:
      return JudgeHmac512(Hash::kSha512, group);
    case Lane::kEd25519:
      return JudgeEd25519(group);
    case Lane::kP256:
      return JudgeEcdsa(*kernels_.p256, Hash::kSha256, group);
    case Lane::kP384:
      return JudgeEcdsa(*kernels_.p384, Hash::kSha384, group);
    case Lane::kP521:
      return JudgeEcdsa(*kernels_.p521, Hash::kSha512, group);
    case Lane::kRsa2048:
      return JudgeRsa(*kernels_.rsa2048, group);
    case Lane::kRsa3072:
      return JudgeRsa(*kernels_.rsa3072, group);
    case Lane::kRsa4096:
      return JudgeRsa(*kernels_.rsa4096, group);
    case Lane::kNone:
      break;
  }
}

// RFC 2104 from the states after the key's blocks: the inner hash goes on with
// the message, the outer one with the inner one's result.
void LaneRun::JudgeHmac256(Group group) {
  constexpr size_t kMacLen = 32;
  for (size_t k = 0; k < group.size(); ++k) {
    const SignatureCheck& check = checks_[group[k]];
    buffers_.sha256_jobs[k] = {
        check.key->hmac_key()->mid_states_256().inner, kSha256BlockLen,
        Bytes(check.message), check.message.size(), buffers_.digests[k].data()};
  }
  kernels_.sha256->hash(buffers_.sha256_jobs.data(), group.size());
  for (size_t k = 0; k < group.size(); ++k) {
    const SignatureCheck& check = checks_[group[k]];
    buffers_.sha256_jobs[k] = {check.key->hmac_key()->mid_states_256().outer,
                               kSha256BlockLen, buffers_.digests[k].data(),
                               kMacLen, buffers_.macs[k].data()};
  }
  kernels_.sha256->hash(buffers_.sha256_jobs.data(), group.size());
  CompareMacs(kMacLen, group);
}

void LaneRun::JudgeHmac512(Hash hash, Group group) {
  const size_t mac_len = HashLen(hash);
  for (size_t k = 0; k < group.size(); ++k) {
    const SignatureCheck& check = checks_[group[k]];
    buffers_.sha512_jobs[k] = {
        check.key->hmac_key()->mid_states_512(hash).inner, kSha512BlockLen,
        Bytes(check.message), check.message.size(), buffers_.digests[k].data()};
  }
  kernels_.sha512->hash(buffers_.sha512_jobs.data(), group.size());
  for (size_t k = 0; k < group.size(); ++k) {
    const SignatureCheck& check = checks_[group[k]];
    buffers_.sha512_jobs[k] = {
        check.key->hmac_key()->mid_states_512(hash).outer, kSha512BlockLen,
        buffers_.digests[k].data(), mac_len, buffers_.macs[k].data()};
  }
  kernels_.sha512->hash(buffers_.sha512_jobs.data(), group.size());
  CompareMacs(mac_len, group);
}

// In constant time. The right MACs are wiped: for a forger's message one would
// be a signature.
void LaneRun::CompareMacs(size_t mac_len, Group group) {
  for (size_t k = 0; k < group.size(); ++k) {
    const bool equal =
        CRYPTO_memcmp(buffers_.macs[k].data(),
                      SignatureBytes(checks_[group[k]]), mac_len) == 0;
    buffers_.verdicts[k] =
        equal ? LaneVerdict::kAccepted : LaneVerdict::kRejected;
  }
  OPENSSL_cleanse(buffers_.macs.data(),
                  group.size() * sizeof(buffers_.macs[0]));
  OPENSSL_cleanse(buffers_.digests.data(),
                  group.size() * sizeof(buffers_.digests[0]));
}

void LaneRun::JudgeEd25519(Group group) {
  HashEd25519Challenges(group);
  const size_t num_with_table = OrderByTable(group);
  for (size_t j = 0; j < group.size(); ++j) {
    const uint16_t k = buffers_.positions[j];
    const SignatureCheck& check = checks_[group[k]];
    const KeyTable* const table = buffers_.tables[k];
    buffers_.ed25519_jobs[j] = {check.key->lane_key()->prepared(),
                                table == nullptr ? nullptr : table->data(),
                                table == nullptr ? 0 : table->window_bits(),
                                SignatureBytes(check),
                                buffers_.digests[k].data()};
  }
  VerifyJobs(*kernels_.ed25519, buffers_.ed25519_jobs.data(), num_with_table,
             group.size());
}

void LaneRun::JudgeEcdsa(const simd::EcdsaKernel& kernel, Hash hash,
                         Group group) {
  if (hash == Hash::kSha256) {
    HashMessages256(group);
  } else {
    HashMessages512(hash, group);
  }
  const size_t num_with_table = OrderByTable(group);
  for (size_t j = 0; j < group.size(); ++j) {
    const uint16_t k = buffers_.positions[j];
    const SignatureCheck& check = checks_[group[k]];
    const KeyTable* const table = buffers_.tables[k];
    buffers_.ecdsa_jobs[j] = {check.key->lane_key()->prepared(),
                              table == nullptr ? nullptr : table->data(),
                              table == nullptr ? 0 : table->window_bits(),
                              SignatureBytes(check),
                              SignatureBytes(check) + kernel.coordinate_len,
                              buffers_.digests[k].data()};
  }
  VerifyJobs(kernel, buffers_.ecdsa_jobs.data(), num_with_table, group.size());
}

// Reads every key's table once, for it may change at any moment, and fills
// `positions`: those of checks whose key has one, then the others. Returns how
// many have.
size_t LaneRun::OrderByTable(Group group) {
  size_t num_with_table = 0;
  for (size_t k = 0; k < group.size(); ++k) {
    buffers_.tables[k] = checks_[group[k]].key->lane_key()->table();
    if (buffers_.tables[k] != nullptr) {
      buffers_.positions[num_with_table++] = static_cast<uint16_t>(k);
    }
  }
  size_t next = num_with_table;
  for (size_t k = 0; k < group.size(); ++k) {
    if (buffers_.tables[k] == nullptr) {
      buffers_.positions[next++] = static_cast<uint16_t>(k);
    }
  }
  return num_with_table;
}

// The kernel judges the jobs with tables and those without, each kind if there
// are enough of it to be worth while; the others stay undecided.
template <typename Kernel, typename Job>
void LaneRun::VerifyJobs(const Kernel& kernel, const Job* jobs,
                         size_t num_with_table, size_t num) {
  LaneVerdict* const verdicts = buffers_.job_verdicts.data();
  std::fill_n(verdicts, num, LaneVerdict::kUndecided);
  const auto verify = [&](size_t begin, size_t end, size_t min_batch) {
    if (begin == end || min_batch == 0 || end - begin < min_batch) return;
    kernel.verify(jobs + begin, end - begin, verdicts + begin);
  };
  verify(0, num_with_table, kernel.min_batch);
  verify(num_with_table, num, kernel.min_cold_batch);
  for (size_t j = 0; j < num; ++j) {
    buffers_.verdicts[buffers_.positions[j]] = verdicts[j];
  }
}

void LaneRun::JudgeRsa(const simd::RsaKernel& kernel, Group group) {
  if (group.size() < kernel.min_batch) {
    std::fill_n(buffers_.verdicts.begin(), group.size(),
                LaneVerdict::kUndecided);
    return;
  }
  HashMessages(group);
  const size_t len = kernel.modulus_len;
  if (buffers_.bytes.size() < group.size() * len) {
    buffers_.bytes.resize(group.size() * len);
  }
  for (size_t k = 0; k < group.size(); ++k) {
    const SignatureCheck& check = checks_[group[k]];
    buffers_.rsa_jobs[k] = {check.key->lane_key()->prepared(),
                            SignatureBytes(check),
                            buffers_.bytes.data() + k * len};
  }
  kernel.power_65537(buffers_.rsa_jobs.data(), group.size(),
                     buffers_.in_range.data());
  for (size_t k = 0; k < group.size(); ++k) {
    const bool good =
        buffers_.in_range[k] &&
        MatchesEncoding(checks_[group[k]], k,
                        buffers_.rsa_jobs[k].encoded_message, len);
    buffers_.verdicts[k] =
        good ? LaneVerdict::kAccepted : LaneVerdict::kRejected;
  }
}

bool LaneRun::MatchesEncoding(const SignatureCheck& check, size_t position,
                              const uint8_t* encoded_message,
                              size_t len) const {
  const uint8_t* const digest = buffers_.digests[position].data();
  const Hash hash = check.scheme.hash;
  return check.scheme.family == SignatureFamily::kRsaPkcs1
             ? MatchesPkcs1Encoding(hash, digest, encoded_message, len)
             : MatchesPssEncoding(hash, digest, encoded_message, len,
                                  static_cast<int>(len * 8));
}

// Each with the hash of its own scheme: RS256, RS384 and PS512 share a lane.
void LaneRun::HashMessages(Group group) {
  const Hash first = checks_[group[0]].scheme.hash;
  const bool all_alike = std::all_of(
      group.begin(), group.end(),
      [&](uint16_t check) { return checks_[check].scheme.hash == first; });
  if (all_alike && first == Hash::kSha256) return HashMessages256(group);
  if (all_alike) return HashMessages512(first, group);
  for (size_t k = 0; k < group.size(); ++k) {
    const SignatureCheck& check = checks_[group[k]];
    Digest(check.scheme.hash, check.message, buffers_.digests[k].data());
  }
}

void LaneRun::HashMessages256(Group group) {
  const bool use_kernel =
      kernels_.sha256 != nullptr && group.size() >= kMinSha256Batch;
  for (size_t k = 0; k < group.size(); ++k) {
    const absl::string_view message = checks_[group[k]].message;
    uint8_t* const digest = buffers_.digests[k].data();
    if (use_kernel) {
      buffers_.sha256_jobs[k] = {simd::kSha256InitialState, 0, Bytes(message),
                                 message.size(), digest};
    } else {
      Digest(Hash::kSha256, message, digest);
    }
  }
  if (use_kernel) {
    kernels_.sha256->hash(buffers_.sha256_jobs.data(), group.size());
  }
}

void LaneRun::HashMessages512(Hash hash, Group group) {
  const bool use_kernel =
      kernels_.sha512 != nullptr && group.size() >= kMinSha512Batch;
  const uint64_t* const start = hash == Hash::kSha384
                                    ? simd::kSha384InitialState
                                    : simd::kSha512InitialState;
  for (size_t k = 0; k < group.size(); ++k) {
    const absl::string_view message = checks_[group[k]].message;
    uint8_t* const digest = buffers_.digests[k].data();
    if (use_kernel) {
      buffers_.sha512_jobs[k] = {start, 0, Bytes(message), message.size(),
                                 digest};
    } else {
      Digest(hash, message, digest);
    }
  }
  if (use_kernel) {
    kernels_.sha512->hash(buffers_.sha512_jobs.data(), group.size());
  }
}

// SHA-512 of R, the public key and the message (RFC 8032 5.1.7), which a kernel
// wants in one piece.
void LaneRun::HashEd25519Challenges(Group group) {
  constexpr size_t kPrefixLen = 2 * kEd25519HalfLen;
  size_t total = 0;
  for (uint16_t check : group)
    total += kPrefixLen + checks_[check].message.size();
  if (buffers_.bytes.size() < total) buffers_.bytes.resize(total);

  const bool use_kernel =
      kernels_.sha512 != nullptr && group.size() >= kMinSha512Batch;
  uint8_t* next = buffers_.bytes.data();
  for (size_t k = 0; k < group.size(); ++k) {
    const SignatureCheck& check = checks_[group[k]];
    const size_t len = kPrefixLen + check.message.size();
    std::memcpy(next, check.signature.data(), kEd25519HalfLen);
    std::memcpy(next + kEd25519HalfLen,
                check.key->lane_key()->encoded_ed25519(), kEd25519HalfLen);
    std::memcpy(next + kPrefixLen, check.message.data(), check.message.size());
    uint8_t* const digest = buffers_.digests[k].data();
    if (use_kernel) {
      buffers_.sha512_jobs[k] = {simd::kSha512InitialState, 0, next, len,
                                 digest};
    } else {
      SHA512(next, len, digest);
    }
    next += len;
  }
  if (use_kernel) {
    kernels_.sha512->hash(buffers_.sha512_jobs.data(), group.size());
  }
}

// Turns the kernel's opinions into answers. After a mismatch nothing that the
// kernel said in this call counts.
void LaneRun::Conclude(Lane lane, Group group) {
  LaneCounts counts;
  counts.checks = group.size();
  for (size_t k = 0; k < group.size(); ++k) {
    SignatureCheck& check = checks_[group[k]];
    const LaneVerdict verdict = buffers_.verdicts[k];
    check.valid = verdict == LaneVerdict::kAccepted;
    if (verdict == LaneVerdict::kUndecided) {
      ++counts.undecided;
      check.valid = PlainAnswer(group[k]);
      continue;
    }
    if (!ShouldConfirm(check.valid)) continue;
    ++(check.valid ? counts.rechecked : counts.confirmed);
    if (PlainAnswer(group[k]) == check.valid) continue;
    counts.mismatches = 1;
    verifier_.SwitchOff(lane, check.valid ? LaneFault::kWrongAccepted
                                          : LaneFault::kWrongRejected);
    for (uint16_t again : group) checks_[again].valid = PlainAnswer(again);
    break;
  }
  verifier_.state(lane).Add(counts);
}

bool LaneRun::PlainAnswer(uint16_t index) const {
  const SignatureCheck& check = checks_[index];
  return check.key->Verify(check.scheme, check.message, check.signature);
}

// A rejection while the batch's budget lasts, an acceptance by chance.
bool LaneRun::ShouldConfirm(bool accepted) {
  if (!accepted) {
    return confirmations_.fetch_sub(1, std::memory_order_relaxed) > 0;
  }
  const uint32_t one_in = verifier_.options_.recheck_one_in;
  return one_in != 0 && buffers_.NextRandom() % one_in == 0;
}

}  // namespace assay::crypto
