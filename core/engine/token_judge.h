// Judges the admitted tokens of a batch, in blocks. The order is the point:
// encoding, signatures, and only then the contents (RFC 7515 5.2, step 8).
//
// Thread safety: Judge may be called concurrently for disjoint tokens; the
// others while nobody judges.
#ifndef ASSAY_CORE_ENGINE_TOKEN_JUDGE_H_
#define ASSAY_CORE_ENGINE_TOKEN_JUDGE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/reason.h"
#include "core/crypto/lane_verifier.h"
#include "core/engine/payload_judge.h"
#include "core/engine/scratch.h"
#include "core/engine/verify_batch.h"
#include "core/keys/table_keeper.h"

namespace assay::engine {

class TokenJudge {
 public:
  // All outlive it, and it the results, which view its payloads. Of the
  // signatures that a kernel rejects, BoringSSL confirms
  // `max_confirmed_rejections`.
  TokenJudge(VerifyBatch* batch, const crypto::LaneVerifier* lanes,
             keys::TableKeeper* tables, int64_t max_confirmed_rejections)
      : batch_(*batch),
        lanes_(*lanes),
        tables_(*tables),
        confirmations_(max_confirmed_rejections),
        payload_judge_(batch) {}
  ~TokenJudge();
  TokenJudge(const TokenJudge&) = delete;
  TokenJudge& operator=(const TokenJudge&) = delete;

  // If the view is kPayload: makes room for the payloads of all items that have
  // a key. To be called once, before Judge.
  void ReservePayloads();
  // Puts the verdict into the results of `tokens`, which are indices of items
  // that have a key.
  void Judge(absl::Span<const uint32_t> tokens, Scratch* scratch);
  // Takes what judging the token has added to its result out of it again.
  void Forget(size_t index);

 private:
  size_t BlockLength(absl::Span<const uint32_t> tokens, size_t* num_bytes);
  void JudgeBlock(absl::Span<const uint32_t> tokens, size_t num_bytes,
                  Scratch* scratch);
  Reason Decode(size_t index, uint8_t** next, Scratch* scratch);
  size_t DecodedPayloadLen(const VerifyItem& item) const;
  size_t ComposedLen(const VerifyItem& item) const;
  absl::string_view Compose(const VerifyItem& item, uint8_t* out) const;
  void CountUses(const std::vector<crypto::SignatureCheck>& checks);
  void Conclude(const BlockItem& item, const crypto::SignatureCheck& check,
                Scratch* scratch);
  Reason JudgeSignature(size_t index, const crypto::SignatureCheck& check);
  void Remember(size_t index, Scratch* scratch);

  VerifyBatch& batch_;
  const crypto::LaneVerifier& lanes_;
  keys::TableKeeper& tables_;
  std::atomic<int64_t> confirmations_;  // Left; see KernelOptions.
  PayloadJudge payload_judge_;
  std::unique_ptr<uint8_t[]> payloads_;  // For kPayload only.
  size_t payloads_len_ = 0;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_TOKEN_JUDGE_H_
