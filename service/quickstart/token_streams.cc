#include "service/quickstart/token_streams.h"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/quickstart/demo_server.h"

namespace assay::quickstart {
namespace {

// Large enough that a call's overhead does not count, small enough that the
// progress bar moves.
constexpr size_t kFastBatch = 1000;
constexpr size_t kSlowBatch = 100;

size_t BatchSize(jose::Algorithm algorithm) {
  return IsSlow(algorithm) ? kSlowBatch : kFastBatch;
}

absl::Status ToAbsl(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

absl::Status Unexpected(absl::string_view what) {
  return absl::InternalError(absl::StrCat("the server ", what));
}

template <typename Stream>
absl::Status FinishStream(Stream* stream) {
  stream->WritesDone();
  return ToAbsl(stream->Finish());
}

// Specimens that one request carries: all are signed alike.
struct Batch {
  Signing signing;
  std::vector<Specimen*> specimens;
};

std::vector<Batch> BatchesOf(Tray* tray) {
  const size_t batch_size = BatchSize(tray->algorithm);
  std::vector<Batch> batches;
  std::vector<Specimen*> waiting[kNumSignings];
  const auto flush = [&](size_t signing) {
    if (waiting[signing].empty()) return;
    batches.push_back(
        {static_cast<Signing>(signing), std::exchange(waiting[signing], {})});
  };
  for (Specimen& specimen : tray->specimens) {
    const auto signing = static_cast<size_t>(InfoOf(specimen.damage).signing);
    waiting[signing].push_back(&specimen);
    if (waiting[signing].size() == batch_size) flush(signing);
  }
  for (size_t signing = 0; signing < kNumSignings; ++signing) flush(signing);
  return batches;
}

v1::SignOptions OptionsFor(jose::Algorithm algorithm, Signing signing) {
  v1::SignOptions options;
  options.set_key_set(signing == Signing::kWithWrongKey
                          ? WrongKeySetName(algorithm)
                          : KeySetName(algorithm));
  options.set_algorithm(static_cast<v1::SignatureAlgorithm>(algorithm));
  options.set_typ(signing == Signing::kWithWrongType ? "at+jwt"
                                                     : std::string(kType));
  options.set_form(signing == Signing::kAsBytes ? v1::TOKEN_FORM_JWS
                                                : v1::TOKEN_FORM_JWT);
  return options;
}

v1::Policy PolicyFor(jose::Algorithm algorithm) {
  v1::Policy policy;
  policy.set_key_set(KeySetName(algorithm));
  policy.add_algorithms(static_cast<v1::SignatureAlgorithm>(algorithm));
  policy.add_issuers(std::string(kIssuer));
  policy.add_audiences(std::string(kAudience));
  policy.set_typ(std::string(kType));
  policy.add_required_claims("sub");
  policy.add_required_claims("exp");
  return policy;
}

absl::Status TakeTokens(const v1::StreamSignResponse& response,
                        const Batch& batch) {
  if (static_cast<size_t>(response.results_size()) != batch.specimens.size()) {
    return Unexpected("did not answer every payload");
  }
  for (size_t i = 0; i < batch.specimens.size(); ++i) {
    const v1::SignResult& result = response.results(static_cast<int>(i));
    if (result.outcome() != v1::SIGN_OUTCOME_SIGNED) {
      return Unexpected(absl::StrCat("did not sign: ", result.reason()));
    }
    batch.specimens[i]->text = result.token();
  }
  return absl::OkStatus();
}

}  // namespace

SigningStream::SigningStream(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(v1::SignerService::NewStub(channel)),
      stream_(stub_->StreamSign(&context_)) {}

absl::Status SigningStream::Sign(Tray* tray, const OnProgress& on_progress) {
  const std::vector<Batch> batches = BatchesOf(tray);
  // Writes while this thread reads; the server's back-pressure slows it down.
  std::thread writer([&] {
    for (size_t i = 0; i < batches.size(); ++i) {
      v1::StreamSignRequest request;
      request.set_sequence(i);
      *request.mutable_options() =
          OptionsFor(tray->algorithm, batches[i].signing);
      for (const Specimen* specimen : batches[i].specimens) {
        request.add_payloads(specimen->text);
      }
      if (!stream_->Write(request)) return;
    }
  });
  absl::Status status;
  v1::StreamSignResponse response;
  for (size_t i = 0; i < batches.size() && status.ok(); ++i) {
    if (!stream_->Read(&response) || response.notice_only()) {
      status = Unexpected("ended the stream");
    } else if (response.sequence() != i) {
      status = Unexpected("answered out of order");
    } else {
      status = TakeTokens(response, batches[i]);
      on_progress(batches[i].specimens.size());
    }
  }
  if (!status.ok()) context_.TryCancel();
  writer.join();
  return status;
}

absl::Status SigningStream::Finish() { return FinishStream(stream_.get()); }

VerifyingStream::VerifyingStream(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(v1::VerifierService::NewStub(channel)),
      stream_(stub_->StreamVerify(&context_)) {}

absl::Status VerifyingStream::Verify(Tray* tray,
                                     const OnProgress& on_progress) {
  std::vector<Specimen>& specimens = tray->specimens;
  const size_t batch_size = BatchSize(tray->algorithm);
  std::thread writer([&] {
    for (size_t begin = 0; begin < specimens.size(); begin += batch_size) {
      v1::StreamVerifyRequest request;
      request.set_sequence(begin);
      // Replaces that of the algorithm before.
      if (begin == 0) *request.mutable_policy() = PolicyFor(tray->algorithm);
      const size_t end = std::min(begin + batch_size, specimens.size());
      for (size_t i = begin; i < end; ++i) {
        request.add_tokens(specimens[i].text);
      }
      if (!stream_->Write(request)) return;
    }
  });
  absl::Status status;
  v1::StreamVerifyResponse response;
  size_t begin = 0;
  while (begin < specimens.size() && status.ok()) {
    const size_t expected = std::min(batch_size, specimens.size() - begin);
    if (!stream_->Read(&response) || response.notice_only()) {
      status = Unexpected("ended the stream");
    } else if (response.sequence() != begin) {
      status = Unexpected("answered out of order");
    } else if (static_cast<size_t>(response.results_size()) != expected) {
      status = Unexpected("did not answer every token");
    } else {
      for (const v1::VerifyResult& result : response.results()) {
        specimens[begin++].verdict = static_cast<Verdict>(result.verdict());
      }
      on_progress(expected);
    }
  }
  if (!status.ok()) context_.TryCancel();
  writer.join();
  return status;
}

absl::Status VerifyingStream::Finish() { return FinishStream(stream_.get()); }

}  // namespace assay::quickstart
