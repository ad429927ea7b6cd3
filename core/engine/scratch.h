// What a thread needs to work on tokens without allocating: parsers and
// buffers that grow once and are then handed from chunk to chunk.
//
// Thread safety: ScratchPool's methods may be called concurrently; a Scratch
// belongs to the thread that took it until it is given back.
#ifndef ASSAY_CORE_ENGINE_SCRATCH_H_
#define ASSAY_CORE_ENGINE_SCRATCH_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/crypto/lane_verifier.h"
#include "core/jose/header.h"
#include "core/json/members.h"
#include "core/json/reader.h"

namespace assay::engine {

// The longest signature of any key that can be loaded: RSA's.
inline constexpr size_t kMaxSignatureLen = kMaxRsaModulusBits / 8;

// A token whose encoding is good, between its decoding and its verdict.
struct BlockItem {
  uint32_t index;  // Of the token.
  const uint8_t* payload;
  size_t payload_len;
};

// The largest buffer that outlives its use: several times what blocks of tokens
// take, and not the document that once stood beside one (up to
// kMaxDetachedPayloadBytes).
inline constexpr size_t kMaxIdleBufferBytes = size_t{1} << 20;

struct Scratch {
  explicit Scratch(size_t max_json_depth) : claims_reader(max_json_depth) {}

  // A buffer of at least `len` bytes and the JSON reader's padding behind
  // them. The contents of an earlier call are lost.
  uint8_t* Buffer(size_t len);
  // Overwrites the first `len` bytes of the buffer and what the reader of
  // claims keeps, for payloads that are secret; ends the life of claims_object.
  void Wipe(size_t len);
  // Frees the buffer if it is larger than kMaxIdleBufferBytes.
  void DropLargeBuffer();
  size_t buffer_len() const { return buffer_len_; }

  jose::HeaderParser header_parser;
  json::Reader claims_reader;
  uint8_t signature[kMaxSignatureLen];  // Where a signer writes one.
  // For verifying.
  crypto::LaneScratch lanes;
  std::vector<BlockItem> block;
  std::vector<crypto::SignatureCheck> checks;  // One per item of the block.
  // Of the payload that is being judged. The object is what claims_reader
  // made of it, where that was asked for.
  json::Members claims;
  json::Object claims_object;

 private:
  std::unique_ptr<uint8_t[]> buffer_;
  size_t buffer_len_ = 0;
};

class ScratchPool {
 public:
  explicit ScratchPool(size_t max_json_depth)
      : max_json_depth_(max_json_depth) {}

  // A scratch for the life of the lease.
  class Lease {
   public:
    explicit Lease(ScratchPool* pool) : pool_(*pool), scratch_(pool_.Take()) {}
    ~Lease() { pool_.GiveBack(std::move(scratch_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Scratch& operator*() const { return *scratch_; }
    Scratch* operator->() const { return scratch_.get(); }

   private:
    ScratchPool& pool_;
    std::unique_ptr<Scratch> scratch_;
  };

 private:
  std::unique_ptr<Scratch> Take();
  void GiveBack(std::unique_ptr<Scratch> scratch);

  const size_t max_json_depth_;
  std::mutex mutex_;
  // Guarded by mutex_. As many as were ever in use at once, none with a large
  // buffer.
  std::vector<std::unique_ptr<Scratch>> idle_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_SCRATCH_H_
