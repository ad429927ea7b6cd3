#include "service/admin/load_tally.h"

#include "gtest/gtest.h"

namespace assay::service {
namespace {

keys::ReloadEvent Event(absl::string_view key_set, bool ok, bool changed) {
  keys::ReloadEvent event;
  event.key_set = std::string(key_set);
  if (!ok) event.status = absl::NotFoundError("gone");
  event.changed = changed;
  return event;
}

TEST(LoadTallyTest, CountsEachOutcomeOfEachKeySet) {
  LoadTally tally;
  tally.Count(Event("a", true, true));
  tally.Count(Event("a", true, false));
  tally.Count(Event("a", true, false));
  tally.Count(Event("b", false, false));
  EXPECT_EQ(tally.Of("a").changed, 1u);
  EXPECT_EQ(tally.Of("a").unchanged, 2u);
  EXPECT_EQ(tally.Of("a").failed, 0u);
  EXPECT_EQ(tally.Of("b").failed, 1u);
  EXPECT_EQ(tally.Of("c").changed, 0u);
}

TEST(LoadTallyTest, AFailureIsForgivenByTheNextLoadButStaysCounted) {
  LoadTally tally;
  tally.Count(Event("a", false, false));
  EXPECT_TRUE(tally.Of("a").last_failed);
  tally.Count(Event("a", true, false));
  EXPECT_FALSE(tally.Of("a").last_failed);
  EXPECT_EQ(tally.Of("a").failed, 1u);
}

}  // namespace
}  // namespace assay::service
