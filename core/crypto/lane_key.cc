#include "core/crypto/lane_key.h"

#include <stdlib.h>
#include <sys/mman.h>

#include <cstring>
#include <string>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "core/base/bytes.h"

namespace assay::crypto {
namespace {

constexpr size_t kCacheLine = 64;
constexpr size_t kHugePage = size_t{2} << 20;

const simd::EcdsaKernel* EcdsaKernelOf(Curve curve,
                                       const simd::Kernels& kernels) {
  switch (curve) {
    case Curve::kP256:
      return kernels.p256;
    case Curve::kP384:
      return kernels.p384;
    case Curve::kP521:
      return kernels.p521;
  }
  return nullptr;
}

Lane LaneOf(Curve curve) {
  return curve == Curve::kP256   ? Lane::kP256
         : curve == Curve::kP384 ? Lane::kP384
                                 : Lane::kP521;
}

const simd::RsaKernel* RsaKernelOf(size_t modulus_len,
                                   const simd::Kernels& kernels) {
  for (const simd::RsaKernel* kernel :
       {kernels.rsa2048, kernels.rsa3072, kernels.rsa4096}) {
    if (kernel != nullptr && kernel->modulus_len == modulus_len) return kernel;
  }
  return nullptr;
}

Lane RsaLaneOf(size_t modulus_len) {
  return modulus_len == 256   ? Lane::kRsa2048
         : modulus_len == 384 ? Lane::kRsa3072
                              : Lane::kRsa4096;
}

// 65537, big-endian, without leading zeros: what nearly every key has, and the
// only exponent that kernels know.
bool IsF4(const std::string& e) { return e == std::string("\x01\x00\x01", 3); }

}  // namespace

void KernelMemoryDeleter::operator()(void* memory) const { free(memory); }

KernelMemory AllocateKernelMemory(size_t len) {
  const size_t alignment = len >= kHugePage ? kHugePage : kCacheLine;
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, len) != 0) return nullptr;
  // Tables are read at random: fewer pages, fewer misses of the TLB. Advice
  // that the system does not take does no harm.
  if (len >= kHugePage) madvise(memory, len, MADV_HUGEPAGE);
  return KernelMemory(memory);
}

std::unique_ptr<const KeyTable> KeyTable::Build(const LaneKey& key,
                                                int window_bits) {
  auto table = std::unique_ptr<KeyTable>(new KeyTable());
  table->window_bits_ = window_bits;
  table->len_ = key.TableLen(window_bits);
  table->memory_ = AllocateKernelMemory(table->len_);
  if (table->memory_ == nullptr) return nullptr;
  const auto build = key.ecdsa_ != nullptr ? key.ecdsa_->build_table
                                           : key.ed25519_->build_table;
  if (!build(key.prepared(), window_bits, table->memory_.get())) return nullptr;
  return table;
}

std::shared_ptr<LaneKey> LaneKey::Create(const KeyMaterial& key,
                                         const simd::Kernels& kernels) {
  auto made = std::shared_ptr<LaneKey>(new LaneKey());
  const auto allocate = [&made](size_t len) {
    made->prepared_ = AllocateKernelMemory(len);
    made->prepared_len_ = len;
    if (made->prepared_ == nullptr) return false;
    std::memset(made->prepared_.get(), 0, len);
    return true;
  };
  if (const auto* ec = absl::get_if<EcKey>(&key)) {
    made->ecdsa_ = EcdsaKernelOf(ec->curve, kernels);
    if (made->ecdsa_ == nullptr || !allocate(made->ecdsa_->key_bytes)) {
      return nullptr;
    }
    made->lane_ = LaneOf(ec->curve);
    made->ecdsa_->prepare_key(AsBytes(ec->x), AsBytes(ec->y),
                              made->prepared_.get());
    return made;
  }
  if (const auto* ed = absl::get_if<Ed25519Key>(&key)) {
    made->ed25519_ = kernels.ed25519;
    if (made->ed25519_ == nullptr || !allocate(made->ed25519_->key_bytes) ||
        !made->ed25519_->prepare_key(AsBytes(ed->x), made->prepared_.get())) {
      return nullptr;
    }
    made->lane_ = Lane::kEd25519;
    std::memcpy(made->encoded_ed25519_, ed->x.data(), ed->x.size());
    return made;
  }
  if (const auto* rsa = absl::get_if<RsaKey>(&key)) {
    const simd::RsaKernel* kernel = RsaKernelOf(rsa->n.size(), kernels);
    // The top bit: a modulus of 2041 bits fills 256 bytes as well.
    if (kernel == nullptr || !IsF4(rsa->e) || (rsa->n[0] & 0x80) == 0 ||
        !allocate(kernel->key_bytes)) {
      return nullptr;
    }
    made->lane_ = RsaLaneOf(rsa->n.size());
    kernel->prepare_key(AsBytes(rsa->n), made->prepared_.get());
    return made;
  }
  return nullptr;
}

LaneKey::~LaneKey() { delete table_.load(std::memory_order_acquire); }

bool LaneKey::SameKeyAs(const LaneKey& other) const {
  return lane_ == other.lane_ && ed25519_ == other.ed25519_ &&
         ecdsa_ == other.ecdsa_ && prepared_len_ == other.prepared_len_ &&
         std::memcmp(prepared_.get(), other.prepared_.get(), prepared_len_) ==
             0 &&
         std::memcmp(encoded_ed25519_, other.encoded_ed25519_,
                     sizeof(encoded_ed25519_)) == 0;
}

size_t LaneKey::Fingerprint() const {
  const absl::string_view bytes(static_cast<const char*>(prepared_.get()),
                                prepared_len_);
  return absl::HashOf(static_cast<int>(lane_), bytes);
}

const int* LaneKey::window_sizes() const {
  if (ecdsa_ != nullptr) return ecdsa_->window_sizes;
  if (ed25519_ != nullptr) return ed25519_->window_sizes;
  return nullptr;
}

size_t LaneKey::TableLen(int window_bits) const {
  return ecdsa_ != nullptr ? ecdsa_->table_bytes(window_bits)
                           : ed25519_->table_bytes(window_bits);
}

std::unique_ptr<const KeyTable> LaneKey::ExchangeTable(
    std::unique_ptr<const KeyTable> table) {
  // Release: readers who see the pointer see what it points to. Acquire: the
  // table that comes back may have been put there by another thread.
  return std::unique_ptr<const KeyTable>(
      table_.exchange(table.release(), std::memory_order_acq_rel));
}

}  // namespace assay::crypto
