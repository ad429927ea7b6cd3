// engine_worker DIR: Assay's engine as a library in a warm process, measured as
// worker.mjs measures the libraries. It says what it is, then answers each
// line in,
//   {"alg": "ES256", "rounds": 3, "policy": {"issuer": "...", "audience":
//   "..."}}
// with {"tokens": N, "seconds": S} for DIR/ALG.tokens under DIR/ALG.key.
// Seconds are the process's processor time, all threads.
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
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/engine/batch_verifier.h"
#include "core/jose/algorithm.h"
#include "core/jose/policy.h"
#include "core/json/reader.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_source.h"

namespace assay {
namespace {

struct Order {
  std::string alg;
  uint64_t rounds = 0;
  std::string issuer, audience;
};

absl::StatusOr<Order> ParseOrder(absl::string_view line) {
  json::Reader reader(/*max_depth=*/4);
  json::Object object;
  std::string_view alg, issuer, audience;
  Order order;
  if (reader.ParseObject(line, &object) != json::Error::kNone ||
      object["alg"].get(alg) || object["rounds"].get(order.rounds) ||
      object["policy"]["issuer"].get(issuer) ||
      object["policy"]["audience"].get(audience)) {
    return absl::InvalidArgumentError(absl::StrCat("not an order: ", line));
  }
  order.alg = std::string(alg);
  order.issuer = std::string(issuer);
  order.audience = std::string(audience);
  return order;
}

// The tokens of one algorithm, its key set being named like it.
class TokenFile {
 public:
  TokenFile(const std::string& path, const Order& order)
      : key_set_(order.alg), texts_(bench::ReadLines(path)) {
    tokens_.assign(texts_.begin(), texts_.end());
    policy_.issuers = {order.issuer};
    policy_.audiences = {order.audience};
    policy_.required_claims = {"exp"};
    policy_.algorithms.Add(jose::AlgorithmFromName(order.alg));
  }

  // How many of the tokens are valid, the first one replaced by `first` if
  // that is not empty.
  absl::StatusOr<size_t> CountValid(const engine::BatchVerifier& verifier,
                                    absl::string_view first = {}) {
    const absl::string_view own = tokens_.front();
    if (!first.empty()) tokens_.front() = first;
    engine::VerifyRequest request;
    request.key_set = key_set_;
    request.policy = &policy_;
    request.tokens = tokens_;
    size_t num_valid = 0;
    const absl::Status status =
        verifier.Verify(request, [&](const engine::BatchResults& results) {
          for (const auto& result : results.results) {
            num_valid += result.valid();
          }
        });
    tokens_.front() = own;
    if (!status.ok()) return status;
    return num_valid;
  }

  // Whatever takes anything would win every race.
  absl::Status ExpectRejection(const engine::BatchVerifier& verifier) {
    std::string damaged = texts_.front();
    char& c = damaged[damaged.rfind('.') + 2];
    c = c == 'A' ? 'B' : 'A';
    const auto num_valid = CountValid(verifier, damaged);
    if (!num_valid.ok()) return num_valid.status();
    if (*num_valid == size() - 1) return absl::OkStatus();
    return absl::InternalError("a damaged token was accepted");
  }

  size_t size() const { return tokens_.size(); }

 private:
  const std::string key_set_;
  const std::vector<std::string> texts_;
  std::vector<absl::string_view> tokens_;
  jose::Policy policy_;
};

class Worker {
 public:
  explicit Worker(std::string directory) : directory_(std::move(directory)) {}

  absl::StatusOr<std::string> Answer(absl::string_view line) {
    const auto order = ParseOrder(line);
    if (!order.ok()) return order.status();
    const auto file = Load(*order);
    if (!file.ok()) return file.status();

    const absl::Duration start = bench::ProcessCpuTime();
    for (uint64_t round = 0; round < order->rounds; ++round) {
      const auto num_valid = (*file)->CountValid(verifier_);
      if (!num_valid.ok()) return num_valid.status();
      if (*num_valid != (*file)->size()) {
        return absl::InternalError("a good token was rejected");
      }
    }
    const absl::Duration taken = bench::ProcessCpuTime() - start;
    return bench::WorkerAnswer(order->rounds * (*file)->size(), taken);
  }

 private:
  absl::StatusOr<TokenFile*> Load(const Order& order) {
    std::unique_ptr<TokenFile>& file = files_[order.alg];
    if (file != nullptr) return file.get();
    keys::KeySource source;
    source.name = order.alg;
    source.paths = {absl::StrCat(directory_, "/", order.alg, ".key")};
    auto key_set = keys::LoadKeySet(source, Limits());
    if (!key_set.ok()) return key_set.status();
    key_cache_.Publish(*std::move(key_set));
    file = std::make_unique<TokenFile>(
        absl::StrCat(directory_, "/", order.alg, ".tokens"), order);
    const absl::Status rejects = file->ExpectRejection(verifier_);
    if (!rejects.ok()) return rejects;
    return file.get();
  }

  const std::string directory_;
  keys::KeyCache key_cache_;
  const engine::BatchVerifier verifier_{&key_cache_, /*pool=*/nullptr,
                                        Clock::System(), Limits()};
  std::map<std::string, std::unique_ptr<TokenFile>> files_;
};

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  return assay::bench::RunWorker<assay::Worker>(argc, argv);
}
