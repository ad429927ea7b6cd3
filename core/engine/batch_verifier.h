// Verifies batches of compact tokens: each gets its own verdict, in order.
// Signatures of other serializations come in parts, through JwsVerifier.
//
// One clock reading and one key snapshot serve the whole batch. The signature
// is checked before a payload is looked into. A bad token allocates nothing,
// but for its x5c where the key set trusts certificates.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_CORE_ENGINE_BATCH_VERIFIER_H_
#define ASSAY_CORE_ENGINE_BATCH_VERIFIER_H_

#include <cstdint>
#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/crypto/lane_verifier.h"
#include "core/engine/engine_choice.h"
#include "core/engine/verify_request.h"
#include "core/exec/thread_pool.h"
#include "core/keys/key_cache.h"
#include "core/keys/table_keeper.h"
#include "core/simd/kernels.h"

namespace assay::engine {

class ScratchPool;

// How a verifier uses the batch kernels.
struct KernelOptions {
  // use_kernels is what ASSAY_ENGINE says, if nobody sets it.
  crypto::LaneOptions lanes = DefaultLaneOptions();
  // A test may pass a copy with other verify functions.
  simd::Kernels kernels = simd::BestKernels();
  // Memory for all keys' tables together; see keys::TableKeeper.
  size_t table_budget_bytes = kDefaultTableBudgetBytes;
  // Of a batch's signatures that a kernel rejects, so many are confirmed by
  // BoringSSL; a flood of bad signatures costs no more than this.
  int64_t max_confirmed_rejections = kDefaultMaxConfirmedRejections;
};

class BatchVerifier {
 public:
  // All outlive the verifier. `pool` may be null: then callers do all work.
  BatchVerifier(const keys::KeyCache* key_cache, exec::ThreadPool* pool,
                const Clock* clock, const Limits& limits,
                const KernelOptions& kernel_options = KernelOptions());
  ~BatchVerifier();
  BatchVerifier(const BatchVerifier&) = delete;
  BatchVerifier& operator=(const BatchVerifier&) = delete;

  // Judges every token, then calls `consume` once, on this thread, with the
  // results, which are gone when it returns. `consume` must not publish to the
  // key cache. NOT_FOUND if there is no such key set, FAILED_PRECONDITION if it
  // has issuers and the form is JWS or if several of its keys bear a required
  // kid, INVALID_ARGUMENT for more than max_batch_items tokens or parts or for
  // a policy that only parts can meet: then `consume` is not called. A single
  // token is judged on this thread.
  absl::Status Verify(
      const VerifyRequest& request,
      absl::FunctionRef<void(const BatchResults&)> consume) const;

  // For status pages and tests.
  const crypto::LaneVerifier& lanes() const { return lanes_; }
  keys::TableKeeper& tables() const { return tables_; }

 private:
  friend class VerifyRun;

  const keys::KeyCache& key_cache_;
  exec::ThreadPool* const pool_;
  const Clock& clock_;
  const Limits limits_;
  const KernelOptions kernel_options_;
  const crypto::LaneVerifier lanes_;
  mutable keys::TableKeeper tables_;
  const std::unique_ptr<ScratchPool> scratch_pool_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_BATCH_VERIFIER_H_
