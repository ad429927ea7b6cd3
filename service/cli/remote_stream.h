// Answers batches over a bidirectional stream of an assayd. Several requests
// are under way at once; answers come in the order of the requests.
//
// A server that shuts down says `draining`: then nothing more is sent, what
// has been sent is answered, and Run fails with UNAVAILABLE if lines are left.
#ifndef ASSAY_SERVICE_CLI_REMOTE_STREAM_H_
#define ASSAY_SERVICE_CLI_REMOTE_STREAM_H_

#include <atomic>
#include <deque>
#include <memory>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/grpcpp.h"
#include "service/cli/batch_worker.h"
#include "service/cli/server_flags.h"

namespace assay::cli {

template <typename Request, typename Response>
class RemoteStream : public BatchWorker {
 public:
  // `done_word` is what the lines were to be: "verified".
  RemoteStream(ServerFlags server, absl::string_view done_word)
      : server_(std::move(server)), done_word_(done_word) {}

  // As many as keep the server busy while others travel.
  int num_batches() const override { return 8; }

  absl::Status Run(BatchPipeline& pipeline) override {
    stream_ = Open(&context_);
    std::thread sender([&] { Send(pipeline); });
    const absl::Status answered = Receive(pipeline);
    const bool ended_early = !half_closed_;
    if (!answered.ok()) context_.TryCancel();
    pipeline.StopWork();  // The sender may wait for a batch.
    sender.join();
    Response rest;  // Finish wants the stream read to its end.
    while (stream_->Read(&rest)) {
    }
    const grpc::Status status = stream_->Finish();
    if (!answered.ok()) return answered;
    if (!status.ok()) return FromRpc(server_, status);
    if (in_flight_.empty() && !ended_early &&
        (pipeline.AllTaken() || !draining_)) {
      return absl::OkStatus();
    }
    return absl::UnavailableError(absl::StrCat(
        "server ", server_.address,
        draining_ ? " is shutting down" : " ended the stream early",
        ": lines from index ", next_index_, " on were not ", done_word_,
        "; run the rest again", draining_ ? " once it is back" : ""));
  }

 protected:
  using Stream = grpc::ClientReaderWriter<Request, Response>;

  virtual std::unique_ptr<Stream> Open(grpc::ClientContext* context) = 0;
  // What the first request carries beside its lines.
  virtual void AddOptions(Request* request) const = 0;
  virtual void AddLine(absl::string_view line, Request* request) const = 0;
  // Writes out all results of `response`, as many as `batch` has lines.
  virtual void Answer(const Response& response, Batch* batch) const = 0;

 private:
  void Send(BatchPipeline& pipeline) {
    bool first = true;
    while (std::unique_ptr<Batch> batch = pipeline.TakeRead()) {
      Request request;
      request.set_sequence(batch->sequence);
      if (first) AddOptions(&request);
      first = false;
      for (absl::string_view line : batch->lines) AddLine(line, &request);
      {
        absl::MutexLock lock(&mutex_);
        in_flight_.push_back(std::move(batch));
      }
      if (!stream_->Write(request)) return;  // Finish will say why.
    }
    half_closed_ = true;
    stream_->WritesDone();
  }

  absl::Status Receive(BatchPipeline& pipeline) {
    Response response;
    while (stream_->Read(&response)) {
      if (response.draining()) {
        draining_ = true;
        pipeline.StopWork();
      }
      if (response.notice_only()) continue;
      std::unique_ptr<Batch> batch = TakeInFlight();
      if (batch == nullptr || batch->sequence != response.sequence() ||
          static_cast<size_t>(response.results_size()) != batch->lines.size()) {
        return absl::InternalError(
            absl::StrCat("server ", server_.address,
                         " sent an answer that fits no request"));
      }
      Answer(response, batch.get());
      next_index_ = batch->first_index + batch->lines.size();
      pipeline.PutAnswered(std::move(batch));
    }
    return absl::OkStatus();
  }

  std::unique_ptr<Batch> TakeInFlight() {
    absl::MutexLock lock(&mutex_);
    if (in_flight_.empty()) return nullptr;
    std::unique_ptr<Batch> batch = std::move(in_flight_.front());
    in_flight_.pop_front();
    return batch;
  }

  const ServerFlags server_;
  const absl::string_view done_word_;
  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
  // Set before this end closes. A server that ends the stream without it has
  // not waited for all lines.
  std::atomic<bool> half_closed_{false};
  // The receiver's.
  bool draining_ = false;
  uint64_t next_index_ = 0;
  // Sent and not answered, oldest first; sender and receiver meet here, and
  // after the sender has been joined the receiver has it alone.
  absl::Mutex mutex_;
  std::deque<std::unique_ptr<Batch>> in_flight_;
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_REMOTE_STREAM_H_
