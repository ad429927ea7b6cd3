#include "service/cli/jwe_workers.h"

#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/base/secret_bytes.h"
#include "core/jose/iteration_budget.h"
#include "core/simd/base64url/base64url.h"
#include "service/cli/decrypt_output.h"
#include "service/cli/encrypt_output.h"
#include "service/cli/engine_worker.h"
#include "service/cli/key_flags.h"

namespace assay::cli {
namespace {

// The plaintexts of a batch's lines, decoded where they are encoded; what was
// decoded is wiped at the end.
class Plaintexts {
 public:
  Plaintexts(const Batch& batch, bool are_base64url) {
    if (!are_base64url) {
      views_ = batch.lines;
      return;
    }
    decoded_.resize(batch.lines.size());
    is_bad_.resize(batch.lines.size());
    for (size_t i = 0; i < batch.lines.size(); ++i) {
      is_bad_[i] = !Base64UrlDecode(batch.lines[i], &decoded_[i]);
      views_.push_back(decoded_[i]);
    }
  }
  ~Plaintexts() {
    for (std::string& plaintext : decoded_) WipeString(&plaintext);
  }
  Plaintexts(const Plaintexts&) = delete;
  Plaintexts& operator=(const Plaintexts&) = delete;

  const std::vector<absl::string_view>& views() const { return views_; }
  bool IsBad(size_t i) const { return !is_bad_.empty() && is_bad_[i]; }

 private:
  std::vector<std::string> decoded_;
  std::vector<bool> is_bad_;
  std::vector<absl::string_view> views_;
};

class EngineEncrypter : public EngineWorker {
 public:
  EngineEncrypter(std::unique_ptr<keys::KeySet> key_set,
                  EncryptSettings settings, int num_threads,
                  const Limits& limits)
      : EngineWorker(std::move(key_set), num_threads),
        settings_(std::move(settings)),
        encrypter_(&key_cache_, &pool_, limits) {}

  // Whether the key, the algorithms and the options go together.
  absl::Status Check() const {
    return Encrypt({}, [](const engine::EncryptResults&) {});
  }

 protected:
  absl::Status Answer(Batch& batch) override {
    const Plaintexts plaintexts(batch, settings_.lines_are_base64url);
    return Encrypt(plaintexts.views(),
                   [&](const engine::EncryptResults& results) {
                     for (size_t i = 0; i < results.tokens.size(); ++i) {
                       if (batch.too_long[i]) {
                         AppendUnencrypted(kLineTooLarge, i, &batch);
                       } else if (plaintexts.IsBad(i)) {
                         AppendUnencrypted(kLineNotBase64Url, i, &batch);
                       } else if (!results.tokens[i].ok()) {
                         AppendUnencrypted(results.tokens[i].status().message(),
                                           i, &batch);
                       } else {
                         AppendToken(*results.tokens[i], &batch);
                       }
                     }
                   });
  }

 private:
  absl::Status Encrypt(
      absl::Span<const absl::string_view> plaintexts,
      absl::FunctionRef<void(const engine::EncryptResults&)> consume) const {
    engine::EncryptRequest request;
    request.key_set = kLocalKeySet;
    request.form = settings_.form;
    request.kid = settings_.kid;
    request.kids = settings_.kids;
    request.aad = settings_.aad;
    request.unprotected = settings_.unprotected;
    request.alg = settings_.alg;
    request.options.enc = settings_.enc;
    if (settings_.typ.has_value()) request.options.typ = *settings_.typ;
    if (settings_.cty.has_value()) request.options.cty = *settings_.cty;
    request.options.p2c = settings_.p2c;
    request.options.zip = settings_.zip;
    request.plaintexts = plaintexts;
    request.max_parallelism = num_threads_;
    return encrypter_.Encrypt(request, consume);
  }

  const EncryptSettings settings_;
  const engine::BatchEncrypter encrypter_;
};

class EngineDecrypter : public EngineWorker {
 public:
  EngineDecrypter(std::unique_ptr<keys::KeySet> key_set,
                  DecryptSettings settings, int num_threads,
                  const Limits& limits)
      : EngineWorker(std::move(key_set), num_threads),
        settings_(std::move(settings)),
        decrypter_(&key_cache_, &pool_, limits),
        budget_(settings_.pbes2_budget) {}

  size_t max_batch_lines() const override {
    return settings_.max_batch_lines();
  }

 protected:
  absl::Status Answer(Batch& batch) override {
    engine::DecryptRequest request;
    request.budget = &budget_;
    request.key_set = kLocalKeySet;
    request.form = settings_.form;
    request.zip = settings_.zip;
    request.algorithms = settings_.algorithms;
    request.encryptions = settings_.encryptions;
    request.max_parallelism = num_threads_;
    request.tokens = batch.lines;
    return decrypter_.Decrypt(
        request, [&](const engine::DecryptResults& results) {
          for (size_t i = 0; i < results.results.size(); ++i) {
            AppendDecrypted(settings_.output, i,
                            batch.too_long[i] ? TooLargeJwe()
                                              : FromEngine(results.results[i]),
                            &batch);
          }
        });
  }

 private:
  const DecryptSettings settings_;
  const engine::BatchDecrypter decrypter_;
  jose::IterationBudget budget_;  // Of the whole run.
};

}  // namespace

size_t DecryptSettings::max_batch_lines() const {
  constexpr size_t kMaxPlaintextBytes = 16 * 1024 * 1024;
  constexpr Limits kDefaults;
  static_assert(kMaxPlaintextBytes <= kDefaults.max_batch_inflated_bytes);
  return zip == jose::Zip::kRefuse
             ? kMaxBatchLines
             : kMaxPlaintextBytes / kDefaults.max_inflated_bytes;
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeEngineEncrypter(
    std::unique_ptr<keys::KeySet> key_set, EncryptSettings settings,
    int num_threads, const Limits& limits) {
  auto encrypter = std::make_unique<EngineEncrypter>(
      std::move(key_set), std::move(settings), num_threads, limits);
  const absl::Status status = encrypter->Check();
  if (!status.ok()) return status;
  return encrypter;
}

std::unique_ptr<BatchWorker> MakeEngineDecrypter(
    std::unique_ptr<keys::KeySet> key_set, DecryptSettings settings,
    int num_threads, const Limits& limits) {
  return std::make_unique<EngineDecrypter>(
      std::move(key_set), std::move(settings), num_threads, limits);
}

}  // namespace assay::cli
