#include "core/jose/deflate.h"

#include <string.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "core/base/secret_bytes.h"

namespace assay::jose {
namespace {

using R = DecryptReason;

// Negative: raw, without a header (zlib.h, inflateInit2).
constexpr int kRawWindowBits = -MAX_WBITS;
constexpr int kMemLevel = 8;  // zlib's default.
// By how much a content grows at a time.
constexpr size_t kStepBytes = 16 * 1024;

// zlib's memory holds the last 32 kB of the content: it is wiped when it is
// freed, for which its length stands in front of it.
constexpr size_t kLenBytes = alignof(std::max_align_t);

voidpf Allocate(voidpf, uInt num, uInt size) {
  const size_t len = size_t{num} * size;
  auto* const block = static_cast<uint8_t*>(std::malloc(kLenBytes + len));
  if (block == nullptr) return nullptr;
  std::memcpy(block, &len, sizeof(len));
  return block + kLenBytes;
}

void WipeAndFree(voidpf, voidpf memory) {
  uint8_t* const block = static_cast<uint8_t*>(memory) - kLenBytes;
  size_t len = 0;
  std::memcpy(&len, block, sizeof(len));
  explicit_bzero(memory, len);
  std::free(block);
}

z_stream NewStream() {
  z_stream stream = {};
  stream.zalloc = Allocate;
  stream.zfree = WipeAndFree;
  return stream;
}

// zlib's input is not const for historical reasons; it is only read.
void SetInput(absl::string_view input, z_stream* stream) {
  stream->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  stream->avail_in = static_cast<uInt>(input.size());
}

bool IsTooLong(absl::string_view input) {
  return input.size() > std::numeric_limits<uInt>::max();
}

// Where a step's bytes go before they are paid for.
class Step {
 public:
  ~Step() { WipeString(&bytes_); }

  void SetOutput(z_stream* stream) {
    stream->next_out = reinterpret_cast<Bytef*>(&bytes_[0]);
    stream->avail_out = static_cast<uInt>(bytes_.size());
  }
  absl::string_view Output(const z_stream& stream) const {
    return absl::string_view(bytes_).substr(0,
                                            bytes_.size() - stream.avail_out);
  }

 private:
  std::string bytes_ = std::string(kStepBytes, '\0');
};

// As std::string::append, but what it moves from is wiped.
void AppendSecret(absl::string_view bytes, std::string* secret) {
  const size_t len = secret->size() + bytes.size();
  if (len > secret->capacity()) {
    std::string larger;
    larger.reserve(std::max(len, 2 * secret->size()));
    larger.append(*secret);
    WipeString(secret);
    secret->swap(larger);
  }
  secret->append(bytes.data(), bytes.size());
}

R InflateSteps(z_stream* stream, size_t max_bytes, InflateBudget* budget,
               std::string* out) {
  Step step;
  for (;;) {
    step.SetOutput(stream);
    const int status = inflate(stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) return R::kContentNotDeflate;
    const absl::string_view bytes = step.Output(*stream);
    if (bytes.size() > max_bytes - out->size()) return R::kInflatedTooLarge;
    if (!budget->Charge(bytes.size())) return R::kInflateBudgetSpent;
    AppendSecret(bytes, out);
    if (status == Z_STREAM_END) break;
    // It ends without an end.
    if (stream->avail_out > 0) return R::kContentNotDeflate;
  }
  return stream->avail_in == 0 ? R::kValid : R::kContentNotDeflate;
}

}  // namespace

bool Deflate(absl::string_view plaintext, std::string* out) {
  WipeString(out);
  z_stream stream = NewStream();
  if (IsTooLong(plaintext) ||
      deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawWindowBits,
                   kMemLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
    return false;
  }
  out->resize(deflateBound(&stream, plaintext.size()));
  SetInput(plaintext, &stream);
  stream.next_out = reinterpret_cast<Bytef*>(&(*out)[0]);
  stream.avail_out = static_cast<uInt>(out->size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out->resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  return done;
}

R Inflate(absl::string_view compressed, size_t max_bytes, InflateBudget* budget,
          std::string* out) {
  WipeString(out);
  z_stream stream = NewStream();
  if (IsTooLong(compressed) || inflateInit2(&stream, kRawWindowBits) != Z_OK) {
    return R::kContentNotDeflate;
  }
  SetInput(compressed, &stream);
  const R reason = InflateSteps(&stream, max_bytes, budget, out);
  inflateEnd(&stream);
  if (reason != R::kValid) WipeString(out);
  return reason;
}

}  // namespace assay::jose
