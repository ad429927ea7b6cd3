// A bidirectional stream of batches: each request gets exactly one response,
// in order. All Stream... calls are its users.
//
// Back-pressure: a stream holds at most kStreamDepth requests that are read
// but not yet written as responses. It reads no further until the client takes
// its responses, so a slow reader costs a bounded amount of memory, and gRPC's
// flow control stops the client.
//
// Shutdown: OnDrain sets `draining` in the next response, or sends a response
// of its own on an idle stream. The client then half-closes, and everything it
// sent until then is answered.
//
// Concurrency: one batch of a stream is worked on at a time. State is guarded
// by mutex_. gRPC's Start... methods and the work are called without it, but
// by one thread at a time (pumping_), in the order that NextStep decided; so
// that Finish is last and nothing is started behind it. The stream holds a
// reference to itself from Start to OnDone.
#ifndef ASSAY_SERVICE_BATCH_STREAM_H_
#define ASSAY_SERVICE_BATCH_STREAM_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/types/optional.h"
#include "google/protobuf/arena.h"
#include "grpcpp/support/server_callback.h"
#include "service/arena_allocator.h"
#include "service/call_state.h"
#include "service/drain.h"
#include "service/refusal_log.h"
#include "service/status.h"
#include "service/work_lane.h"

namespace assay::service {

// Enough that reading, working and writing overlap.
inline constexpr uint64_t kStreamDepth = 4;

// gRPC reports a message that it could not parse just as it reports the end of
// the stream. But it clears the message before it parses: so a request that
// still has this sequence was never touched.
inline constexpr uint64_t kUntouchedSequence = ~uint64_t{0};

template <typename Request, typename Response>
class BatchStream
    : public grpc::ServerBidiReactor<Request, Response>,
      public Drainable,
      public std::enable_shared_from_this<BatchStream<Request, Response>> {
 public:
  // `lane` outlives the stream.
  explicit BatchStream(const WorkLane* lane) : lane_(*lane) {}

  // Makes a stream of type `Stream`, ready to be returned to gRPC.
  template <typename Stream, typename... Args>
  static BatchStream* Start(grpc::CallbackServerContext* context,
                            Args&&... args) {
    auto stream = std::make_shared<Stream>(std::forward<Args>(args)...);
    stream->call_state_ = {
        WorkDeadline(absl::FromChrono(context->deadline()), absl::Now()),
        &stream->cancelled_};
    stream->self_ = stream;
    stream->entered_ = stream->lane_.drain().TryEnterTold(stream);
    if (!stream->entered_) {
      stream->Fail(stream->lane_.refusals().Refuse(ShuttingDown()));
    }
    stream->Pump();
    return stream.get();
  }

  void OnDrain() override {
    {
      absl::MutexLock lock(&mutex_);
      draining_ = true;
    }
    Pump();
  }

  void OnForce() override {
    cancelled_.store(true, std::memory_order_relaxed);
    Fail(ShuttingDown());
    Pump();
  }

 protected:
  virtual size_t NumItems(const Request& request) const = 0;
  // Fills `response` for `request`; its sequence has been set. An error ends
  // the stream, after the responses to earlier requests. Called for one
  // request after the other.
  virtual grpc::Status Process(const Request& request, const CallState& state,
                               Response* response) = 0;
  // Where `request` is worked on. Called before Process, as Process is.
  virtual const WorkLane& LaneFor(const Request& /*request*/) const {
    return lane_;
  }
  // Overwrites what is secret in messages that are about to be freed.
  virtual void WipeSecrets(Request* /*request*/, Response* /*response*/) const {
  }

 private:
  // A request on its way from being read to having its response written.
  struct Slot {
    Slot() : arena(CallArenaOptions()) {}
    void Renew() {
      request = google::protobuf::Arena::CreateMessage<Request>(&arena);
      response = google::protobuf::Arena::CreateMessage<Response>(&arena);
    }
    // An idle stream holds no messages.
    void Release() {
      request = nullptr;
      response = nullptr;
      arena.Reset();
    }
    google::protobuf::Arena arena;
    Request* request = nullptr;
    Response* response = nullptr;
  };

  enum class Step { kNothing, kRead, kWork, kWrite, kNotice, kFinish };

  void Release(Slot* slot) const {
    if (slot->request == nullptr) return;
    WipeSecrets(slot->request, slot->response);
    slot->Release();
  }

  Slot& SlotAt(uint64_t number) { return slots_[number % kStreamDepth]; }

  // Ends the stream with `status` as soon as no operation is in the way.
  void Fail(grpc::Status status) {
    absl::MutexLock lock(&mutex_);
    if (!failure_) failure_ = std::move(status);
  }

  void OnReadDone(bool ok) override {
    {
      absl::MutexLock lock(&mutex_);
      reading_ = false;
      if (ok) {
        ++num_read_;
      } else {
        reads_done_ = true;
        unreadable_ =
            SlotAt(num_read_).request->sequence() != kUntouchedSequence;
      }
    }
    Pump();
  }

  void OnWriteDone(bool ok) override {
    {
      absl::MutexLock lock(&mutex_);
      writing_ = false;
      if (!std::exchange(writing_notice_, false)) {
        Release(&SlotAt(num_written_));
        ++num_written_;
      }
      if (!ok && !failure_) {
        failure_ =
            grpc::Status(grpc::StatusCode::CANCELLED, "the client has gone");
      }
    }
    Pump();
  }

  void OnCancel() override {
    cancelled_.store(true, std::memory_order_relaxed);
    Fail(grpc::Status(grpc::StatusCode::CANCELLED, "cancelled"));
    Pump();
  }

  void OnDone() override {
    for (Slot& slot : slots_) Release(&slot);
    if (entered_) lane_.drain().LeaveTold(this);
    self_.reset();
  }

  // Does whatever can be done next, until nothing can.
  void Pump() {
    const auto keep_alive = this->shared_from_this();
    {
      absl::MutexLock lock(&mutex_);
      if (pumping_) return;
      pumping_ = true;
    }
    while (TakeStep()) {
    }
  }

  bool TakeStep() {
    Step step;
    {
      absl::MutexLock lock(&mutex_);
      step = NextStep();
      if (step == Step::kNothing) pumping_ = false;
    }
    switch (step) {
      case Step::kNothing:
        return false;
      case Step::kRead:
        StartReading();
        return true;
      case Step::kWork:
        StartWorking();
        return true;
      case Step::kWrite:
        this->StartWrite(SlotAt(num_started_writes_++).response);
        return true;
      case Step::kNotice:
        notice_.set_draining(true);
        notice_.set_notice_only(true);
        this->StartWrite(&notice_);
        return true;
      case Step::kFinish:
        this->Finish(final_status_);
        return true;
    }
    return false;
  }

  // Decides, and marks what it decided as begun.
  Step NextStep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (finished_) return Step::kNothing;
    if (failure_) return NextStepOfFailed();
    if (!writing_ && num_written_ < num_worked_) return BeginWrite();
    if (draining_ && !told_ && !reads_done_ && !writing_ &&
        num_written_ == num_read_) {
      told_ = writing_ = writing_notice_ = true;
      return Step::kNotice;
    }
    if (!reading_ && !reads_done_ && num_read_ - num_written_ < kStreamDepth) {
      reading_ = true;
      return Step::kRead;
    }
    if (!working_ && !bad_request_ && num_worked_ < num_read_) {
      working_ = true;
      return Step::kWork;
    }
    const bool all_answered = num_written_ == num_worked_ && !writing_;
    if (all_answered && bad_request_) return BeginFinish(*bad_request_);
    if (all_answered && reads_done_ && num_worked_ == num_read_) {
      return BeginFinish(unreadable_ ? Unreadable() : grpc::Status::OK);
    }
    return Step::kNothing;
  }

  // A failed stream only waits for what is under way.
  Step NextStepOfFailed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || working_) return Step::kNothing;
    return BeginFinish(*failure_);
  }

  Step BeginWrite() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    writing_ = true;
    if (draining_) {
      told_ = true;
      SlotAt(num_written_).response->set_draining(true);
    }
    return Step::kWrite;
  }

  Step BeginFinish(grpc::Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    finished_ = true;
    final_status_ = std::move(status);
    return Step::kFinish;
  }

  void StartReading() {
    Slot& slot = SlotAt(num_started_reads_);
    // A failed read is the last, so the number counts started reads.
    ++num_started_reads_;
    slot.Renew();
    slot.request->set_sequence(kUntouchedSequence);
    this->StartRead(slot.request);
  }

  void StartWorking() {
    Slot* slot = &SlotAt(num_started_works_++);
    const WorkLane& lane = LaneFor(*slot->request);
    if (NumItems(*slot->request) <= lane.inline_items()) {
      Work(slot);
      return;
    }
    lane.RunForStream([this, slot, keep_alive = this->shared_from_this()] {
      Work(slot);
      Pump();
    });
  }

  void Work(Slot* slot) {
    slot->response->set_sequence(slot->request->sequence());
    grpc::Status status = Process(*slot->request, call_state_, slot->response);
    absl::MutexLock lock(&mutex_);
    working_ = false;
    if (status.ok()) {
      ++num_worked_;
    } else {
      bad_request_ = std::move(status);
      reads_done_ = true;
    }
  }

  const WorkLane& lane_;
  CallState call_state_;
  std::atomic<bool> cancelled_{false};
  bool entered_ = false;
  std::shared_ptr<BatchStream> self_;

  // Requests are numbered from 0 and use slots in turn. A slot is touched by
  // gRPC while it is read or written, and by Process in between.
  std::array<Slot, kStreamDepth> slots_;
  Response notice_;
  // Touched only by the thread that pumps.
  uint64_t num_started_reads_ = 0;
  uint64_t num_started_works_ = 0;
  uint64_t num_started_writes_ = 0;
  grpc::Status final_status_;

  absl::Mutex mutex_;
  bool pumping_ ABSL_GUARDED_BY(mutex_) = false;
  // num_written_ <= num_worked_ <= num_read_ <= num_written_ + kStreamDepth.
  uint64_t num_read_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t num_worked_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t num_written_ ABSL_GUARDED_BY(mutex_) = 0;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool reads_done_ ABSL_GUARDED_BY(mutex_) = false;
  bool unreadable_ ABSL_GUARDED_BY(mutex_) = false;  // What was read last.
  bool working_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_notice_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool told_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  // The error that ends the stream behind the answers that are due.
  absl::optional<grpc::Status> bad_request_ ABSL_GUARDED_BY(mutex_);
  // The error that ends the stream at once.
  absl::optional<grpc::Status> failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_BATCH_STREAM_H_
