#include "core/engine/token_judge.h"

#include <string.h>

#include <algorithm>
#include <cstring>

#include "absl/types/optional.h"
#include "core/base/bytes.h"
#include "core/crypto/lane.h"
#include "core/crypto/verifying_key.h"
#include "core/jose/algorithm.h"
#include "core/jose/header.h"
#include "core/jose/policy.h"
#include "core/json/reader.h"
#include "core/keys/header_memo.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"

namespace assay::engine {
namespace {

// What is decoded, checked and judged in one go: as many tokens as fill many
// vectors, as many bytes as stay in a core's cache.
constexpr size_t kBlockTokens = crypto::LaneVerifier::kMaxChecks;
constexpr size_t kBlockBytes = 256 * 1024;

}  // namespace

TokenJudge::~TokenJudge() {
  if (batch_.request.payloads_are_secret && payloads_ != nullptr) {
    explicit_bzero(payloads_.get(), payloads_len_);
  }
}

// Gives every admitted token a place for its payload, with the JSON reader's
// padding behind it: places do not overlap, whoever reads ahead.
void TokenJudge::ReservePayloads() {
  if (batch_.request.view != ResultView::kPayload) return;
  size_t total = 0;
  for (const VerifyItem& item : batch_.items) {
    if (item.key == nullptr) continue;
    total += DecodedPayloadLen(item) + json::kPadding;
  }
  payloads_.reset(new uint8_t[total]);
  payloads_len_ = total;
  uint8_t* next = payloads_.get();
  for (VerifyItem& item : batch_.items) {
    if (item.key == nullptr) continue;
    item.payload = next;
    next += DecodedPayloadLen(item);
    std::memset(next, 0, json::kPadding);
    next += json::kPadding;
  }
}

void TokenJudge::Forget(size_t index) {
  TokenResult& result = batch_.results[index];
  result.reason_ = Reason::kUnspecified;
  result.payload_ = absl::string_view();
  // Else the key's kid would pass for the token's, and narrow the search to a
  // key that the token was perhaps never signed with.
  if (batch_.items[index].kid_is_keys) result.kid_ = absl::string_view();
  batch_.items[index].kid_is_keys = false;
}

void TokenJudge::Judge(absl::Span<const uint32_t> tokens, Scratch* scratch) {
  while (!tokens.empty()) {
    size_t num_bytes = 0;
    const size_t num = BlockLength(tokens, &num_bytes);
    JudgeBlock(tokens.subspan(0, num), num_bytes, scratch);
    tokens.remove_prefix(num);
  }
}

// How many of `tokens`, one at least, make up the next block, and the bytes
// that they decode to.
size_t TokenJudge::BlockLength(absl::Span<const uint32_t> tokens,
                               size_t* num_bytes) {
  size_t num = 0;
  for (; num < std::min(tokens.size(), kBlockTokens); ++num) {
    const VerifyItem& item = batch_.items[tokens[num]];
    const size_t len = Base64UrlDecodedSize(item.compact.signature.size()) +
                       DecodedPayloadLen(item) + ComposedLen(item);
    if (num > 0 && *num_bytes + len > kBlockBytes) break;
    *num_bytes += len;
  }
  return num;
}

void TokenJudge::JudgeBlock(absl::Span<const uint32_t> tokens, size_t num_bytes,
                            Scratch* scratch) {
  scratch->block.clear();
  scratch->checks.clear();
  uint8_t* next = scratch->Buffer(num_bytes);
  for (uint32_t index : tokens) {
    const Reason reason = Decode(index, &next, scratch);
    if (reason != Reason::kValid) batch_.results[index].reason_ = reason;
  }
  lanes_.Verify(absl::MakeSpan(scratch->checks), &confirmations_,
                &scratch->lanes);
  CountUses(scratch->checks);
  for (size_t k = 0; k < scratch->block.size(); ++k) {
    Conclude(scratch->block[k], scratch->checks[k], scratch);
  }
}

// Decodes a token's payload and signature to `*next` and beyond, and adds it to
// the block if its encoding is good.
Reason TokenJudge::Decode(size_t index, uint8_t** next, Scratch* scratch) {
  const VerifyItem& item = batch_.items[index];
  const jose::UnverifiedCompact& compact = item.compact;
  const size_t signature_len = Base64UrlDecodedSize(compact.signature.size());
  if (signature_len > kMaxSignatureLen) return Reason::kSignatureLength;
  uint8_t* const signature = *next;
  if (!Base64UrlDecode(compact.signature, signature)) {
    return Reason::kSignatureEncoding;
  }
  size_t payload_len = DecodedPayloadLen(item);
  uint8_t* const decoded =
      item.payload != nullptr ? item.payload : signature + signature_len;
  const uint8_t* payload = decoded;
  if (item.payload_is_raw) {
    payload = AsBytes(compact.payload);
    payload_len = compact.payload.size();
  } else if (!Base64UrlDecode(compact.payload, decoded)) {
    return Reason::kPayloadEncoding;
  }
  *next = signature + signature_len + DecodedPayloadLen(item);

  crypto::SignatureCheck check;
  check.key = &item.key->verifying_key();
  check.scheme = jose::InfoOf(batch_.results[index].alg_).scheme;
  check.message = compact.signing_input;
  if (batch_.in_parts) {
    check.message = Compose(item, *next);
    *next += check.message.size();
  }
  check.signature = AsText(signature, signature_len);
  scratch->checks.push_back(check);
  scratch->block.push_back(
      {static_cast<uint32_t>(index), payload, payload_len});
  return Reason::kValid;
}

// The bytes that the payload is decoded to.
size_t TokenJudge::DecodedPayloadLen(const VerifyItem& item) const {
  return item.payload_is_raw
             ? 0
             : Base64UrlDecodedSize(item.compact.payload.size());
}

// The length of the signing input, or 0 for a token, which holds it in one
// piece.
size_t TokenJudge::ComposedLen(const VerifyItem& item) const {
  if (!batch_.in_parts) return 0;
  const bool is_to_encode =
      item.payload_is_raw && !batch_.policy.unencoded_payload;
  const size_t payload_len = item.compact.payload.size();
  return item.compact.header.size() + 1 +
         (is_to_encode ? Base64UrlEncodedSize(payload_len) : payload_len);
}

// Writes the signing input of parts to `out` (RFC 7515 5.2, RFC 7797 3).
absl::string_view TokenJudge::Compose(const VerifyItem& item,
                                      uint8_t* out) const {
  const absl::string_view header = item.compact.header;
  const absl::string_view payload = item.compact.payload;
  char* next = reinterpret_cast<char*>(out);
  next += header.copy(next, header.size());
  *next++ = '.';
  if (item.payload_is_raw && !batch_.policy.unencoded_payload) {
    Base64UrlEncode(payload, next);
  } else {
    payload.copy(next, payload.size());
  }
  return AsText(out, ComposedLen(item));
}

// Neighbours are mostly under one key, and then counted together. A key whose
// kernel is off needs no table, least of all one that this kernel makes.
void TokenJudge::CountUses(const std::vector<crypto::SignatureCheck>& checks) {
  for (size_t begin = 0; begin < checks.size();) {
    size_t end = begin + 1;
    while (end < checks.size() && checks[end].key == checks[begin].key) ++end;
    const crypto::VerifyingKey& key = *checks[begin].key;
    if (lanes_.LaneOf(key, checks[begin].scheme) != crypto::Lane::kNone) {
      tables_.Used(key.lane_key(), static_cast<uint32_t>(end - begin),
                   batch_.real_now);
    }
    begin = end;
  }
}

void TokenJudge::Conclude(const BlockItem& item,
                          const crypto::SignatureCheck& check,
                          Scratch* scratch) {
  Reason reason = JudgeSignature(item.index, check);
  if (reason == Reason::kValid) {
    Remember(item.index, scratch);
    reason = payload_judge_.Judge(
        item.index, AsText(item.payload, item.payload_len), scratch);
  }
  TokenResult& result = batch_.results[item.index];
  result.reason_ = reason;
  if (reason != Reason::kValid) {
    result.payload_ = absl::string_view();
  } else if (!result.has_kid()) {
    result.kid_ = batch_.items[item.index].key->kid();
    batch_.items[item.index].kid_is_keys = true;
  }
}

// What the check of the likeliest key means; the others, if there are any, are
// tried one by one.
Reason TokenJudge::JudgeSignature(size_t index,
                                  const crypto::SignatureCheck& check) {
  if (check.valid) return Reason::kValid;
  VerifyItem& item = batch_.items[index];
  const TokenResult& result = batch_.results[index];
  const bool right_length =
      check.signature.size() == check.key->SignatureLen(check.scheme);
  if (!item.has_other_candidates) {
    return right_length ? Reason::kSignatureMismatch : Reason::kSignatureLength;
  }

  absl::optional<absl::string_view> kid;
  if (result.has_kid()) kid = result.kid();
  const keys::KeyCandidates candidates =
      batch_.key_set.FindForVerify(kid, result.alg_);
  for (size_t i = 1; i < candidates.num_keys; ++i) {
    if (candidates.keys[i]->verifying_key().Verify(check.scheme, check.message,
                                                   check.signature)) {
      item.key = candidates.keys[i];
      return Reason::kValid;
    }
  }
  return Reason::kSignatureMismatch;
}

// The signature is good: the next token with these header bytes needs no JSON.
void TokenJudge::Remember(size_t index, Scratch* scratch) {
  const VerifyItem& item = batch_.items[index];
  if (batch_.in_parts || item.from_memo || item.has_other_candidates ||
      item.from_certificate) {  // Which expires; the memo does not.
    return;
  }
  keys::HeaderMemo& memo = batch_.key_set.header_memo();
  if (memo.size() >= batch_.limits.max_header_memo_entries ||
      memo.Find(item.compact.header) != nullptr) {
    return;
  }
  jose::ProtectedHeader header;
  if (scratch->header_parser.Parse(item.compact.header, &header) ==
      Reason::kValid) {
    memo.Insert(item.compact.header, header, item.key);
  }
}

}  // namespace assay::engine
