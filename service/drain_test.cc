#include "service/drain.h"

#include <thread>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace assay::service {
namespace {

class FakeStream : public Drainable {
 public:
  void OnDrain() override { ++num_drained; }
  void OnForce() override { ++num_forced; }
  int num_drained = 0;
  int num_forced = 0;
};

TEST(DrainTest, RefusesCallsOnceItHasBegun) {
  Drain drain;
  ASSERT_TRUE(drain.TryEnter());
  drain.Begin();
  EXPECT_FALSE(drain.TryEnter());
  EXPECT_FALSE(drain.TryEnterTold(std::make_shared<FakeStream>()));
  drain.Leave();
  EXPECT_TRUE(drain.WaitIdle(absl::InfiniteFuture()));
}

TEST(DrainTest, TellsLiveStreamsOnce) {
  Drain drain;
  const auto live = std::make_shared<FakeStream>();
  const auto left = std::make_shared<FakeStream>();
  ASSERT_TRUE(drain.TryEnterTold(live));
  ASSERT_TRUE(drain.TryEnterTold(left));
  drain.LeaveTold(left.get());
  drain.Begin();
  drain.Begin();
  EXPECT_EQ(live->num_drained, 1);
  EXPECT_EQ(left->num_drained, 0);
  drain.LeaveTold(live.get());
}

TEST(DrainTest, WaitsForWhatIsInFlight) {
  Drain drain;
  ASSERT_TRUE(drain.TryEnter());
  drain.Begin();
  EXPECT_FALSE(drain.WaitIdle(absl::Now()));
  std::thread call([&] { drain.Leave(); });
  EXPECT_TRUE(drain.WaitIdle(absl::InfiniteFuture()));
  call.join();
}

TEST(DrainTest, ForceTellsStreamsAndEndsTheWait) {
  Drain drain;
  const auto stream = std::make_shared<FakeStream>();
  ASSERT_TRUE(drain.TryEnterTold(stream));
  drain.Begin();
  std::thread force([&] { drain.Force(); });
  EXPECT_FALSE(drain.WaitIdle(absl::InfiniteFuture()));
  force.join();
  EXPECT_EQ(stream->num_forced, 1);
  drain.LeaveTold(stream.get());
}

TEST(DrainTest, DoesNotKeepAStreamAlive) {
  Drain drain;
  auto stream = std::make_shared<FakeStream>();
  const Drainable* const name = stream.get();
  ASSERT_TRUE(drain.TryEnterTold(stream));
  stream.reset();
  drain.Begin();
  drain.LeaveTold(name);
  EXPECT_TRUE(drain.WaitIdle(absl::InfiniteFuture()));
}

}  // namespace
}  // namespace assay::service
