// Requests and responses of unary calls on protobuf arenas: one arena a call,
// freed whole when the call is over.
#ifndef ASSAY_SERVICE_ARENA_ALLOCATOR_H_
#define ASSAY_SERVICE_ARENA_ALLOCATOR_H_

#include <cstddef>

#include "google/protobuf/arena.h"
#include "grpcpp/support/message_allocator.h"

namespace assay::service {

// Of an arena's blocks. A single token fits the first; the later ones grow, so
// that a large batch takes few.
inline constexpr size_t kFirstBlockBytes = 4 * 1024;
inline constexpr size_t kLargestBlockBytes = 1024 * 1024;

inline google::protobuf::ArenaOptions CallArenaOptions() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = kFirstBlockBytes;
  options.max_block_size = kLargestBlockBytes;
  return options;
}

// Overwrites what is secret in a call's messages before they are freed: here
// nothing is.
struct NothingSecret {
  template <typename Request, typename Response>
  void operator()(Request*, Response*) const {}
};

// Thread safety: AllocateMessages may be called concurrently.
template <typename Request, typename Response, typename Wipe = NothingSecret>
class ArenaAllocator : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override {
    return new Holder;
  }

 private:
  class Holder : public grpc::MessageHolder<Request, Response> {
   public:
    Holder() : arena_(CallArenaOptions()) {
      using google::protobuf::Arena;
      this->set_request(Arena::CreateMessage<Request>(&arena_));
      this->set_response(Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override {
      Wipe()(this->request(), this->response());
      delete this;
    }

   private:
    google::protobuf::Arena arena_;
  };
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ARENA_ALLOCATOR_H_
