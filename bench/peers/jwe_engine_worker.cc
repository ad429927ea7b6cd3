// jwe_engine_worker DIR: Assay's engine encrypts or decrypts in a warm process,
// measured as jwe_worker.mjs measures jose. It says what it is, then answers
// each line in,
//   {"operation": "decrypt", "alg": "dir", "enc": "A256GCM", "size": 100,
//    "rounds": 3}
// with {"tokens": N, "seconds": S} for DIR/ALG.ENC.SIZE.tokens or
// DIR/SIZE.plaintexts under DIR/ALG.ENC.key. Seconds are the process's
// processor time, all threads.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/bench_clocks.h"
#include "bench/peers/worker_loop.h"
#include "core/base/limits.h"
#include "core/engine/batch_decrypter.h"
#include "core/engine/batch_encrypter.h"
#include "core/jose/encryption_algorithm.h"
#include "core/json/reader.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_source.h"
#include "service/allocator_tuning.h"

namespace assay {
namespace {

struct Order {
  bool decrypts = false;
  std::string alg, enc;
  uint64_t size = 0;
  uint64_t rounds = 0;
};

absl::StatusOr<Order> ParseOrder(absl::string_view line) {
  json::Reader reader(/*max_depth=*/4);
  json::Object object;
  std::string_view operation, alg, enc;
  Order order;
  if (reader.ParseObject(line, &object) != json::Error::kNone ||
      object["operation"].get(operation) || object["alg"].get(alg) ||
      object["enc"].get(enc) || object["size"].get(order.size) ||
      object["rounds"].get(order.rounds)) {
    return absl::InvalidArgumentError(absl::StrCat("not an order: ", line));
  }
  order.decrypts = operation == "decrypt";
  order.alg = std::string(alg);
  order.enc = std::string(enc);
  return order;
}

Limits WorkerLimits() {
  Limits limits;
  limits.max_token_bytes = 1 << 20;
  return limits;
}

std::vector<absl::string_view> ViewsOf(const std::vector<std::string>& texts) {
  return std::vector<absl::string_view>(texts.begin(), texts.end());
}

class Worker {
 public:
  explicit Worker(std::string directory) : directory_(std::move(directory)) {}

  absl::StatusOr<std::string> Answer(absl::string_view line) {
    const auto order = ParseOrder(line);
    if (!order.ok()) return order.status();
    const std::string path = order->decrypts
                                 ? absl::StrCat(order->alg, ".", order->enc,
                                                ".", order->size, ".tokens")
                                 : absl::StrCat(order->size, ".plaintexts");
    const std::vector<std::string>& texts = Texts(path);
    const absl::Status status = LoadKeys(*order);
    if (!status.ok()) return status;

    const absl::Duration start = bench::ProcessCpuTime();
    for (uint64_t round = 0; round < order->rounds; ++round) {
      const auto num =
          order->decrypts ? Decrypt(*order, texts) : Encrypt(*order, texts);
      if (!num.ok()) return num.status();
      if (*num != texts.size()) return absl::InternalError("some failed");
    }
    return bench::WorkerAnswer(order->rounds * texts.size(),
                               bench::ProcessCpuTime() - start);
  }

 private:
  static std::string SetName(const Order& order) {
    return absl::StrCat(order.decrypts ? "decrypt " : "encrypt ", order.alg,
                        ".", order.enc);
  }

  const std::vector<std::string>& Texts(const std::string& name) {
    std::vector<std::string>& texts = texts_[name];
    if (texts.empty()) {
      texts = bench::ReadLines(absl::StrCat(directory_, "/", name));
    }
    return texts;
  }

  absl::Status LoadKeys(const Order& order) {
    keys::KeySource source;
    source.name = SetName(order);
    {
      const keys::KeyCache::ReadGuard guard(key_cache_);
      if (guard.Find(source.name) != nullptr) return absl::OkStatus();
    }
    source.paths = {
        absl::StrCat(directory_, "/", order.alg, ".", order.enc, ".key")};
    source.use =
        order.decrypts ? keys::KeySetUse::kDecrypt : keys::KeySetUse::kEncrypt;
    auto key_set = keys::LoadKeySet(source, limits_);
    if (!key_set.ok()) return key_set.status();
    key_cache_.Publish(*std::move(key_set));
    return absl::OkStatus();
  }

  // Both return how many came out well.
  absl::StatusOr<size_t> Encrypt(const Order& order,
                                 const std::vector<std::string>& plaintexts) {
    const std::string key_set = SetName(order);
    const std::vector<absl::string_view> views = ViewsOf(plaintexts);
    engine::EncryptRequest request;
    request.key_set = key_set;
    request.options.enc = jose::ContentAlgorithmFromName(order.enc);
    request.plaintexts = views;
    size_t num_good = 0;
    const absl::Status status =
        encrypter_.Encrypt(request, [&](const engine::EncryptResults& results) {
          for (const auto& token : results.tokens) num_good += token.ok();
        });
    if (!status.ok()) return status;
    return num_good;
  }

  absl::StatusOr<size_t> Decrypt(const Order& order,
                                 const std::vector<std::string>& tokens) {
    const std::string key_set = SetName(order);
    const std::vector<absl::string_view> views = ViewsOf(tokens);
    engine::DecryptRequest request;
    request.key_set = key_set;
    request.tokens = views;
    size_t num_good = 0;
    const absl::Status status =
        decrypter_.Decrypt(request, [&](const engine::DecryptResults& results) {
          for (const auto& result : results.results) {
            num_good += result.reason == DecryptReason::kValid &&
                        result.plaintext.size() == order.size;
          }
        });
    if (!status.ok()) return status;
    return num_good;
  }

  const std::string directory_;
  const Limits limits_ = WorkerLimits();
  keys::KeyCache key_cache_;
  const engine::BatchEncrypter encrypter_{&key_cache_, nullptr, limits_};
  const engine::BatchDecrypter decrypter_{&key_cache_, nullptr, limits_};
  std::map<std::string, std::vector<std::string>> texts_;
};

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  assay::service::TuneAllocator();  // As the server and the command do.
  return assay::bench::RunWorker<assay::Worker>(argc, argv);
}
