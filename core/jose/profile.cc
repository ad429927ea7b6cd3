#include "core/jose/profile.h"

namespace assay::jose {
namespace {

constexpr absl::string_view kNames[] = {
    "", "access-token", "id-token", "logout-token", "jwt-svid",
};
static_assert(sizeof(kNames) / sizeof(kNames[0]) == kNumProfileKinds,
              "one name per kind");

}  // namespace

absl::string_view ProfileName(ProfileKind kind) {
  const auto index = static_cast<int>(kind);
  return kNames[index < kNumProfileKinds ? index : 0];
}

ProfileKind ProfileFromName(absl::string_view name) {
  for (int i = 1; i < kNumProfileKinds; ++i) {
    if (kNames[i] == name) return static_cast<ProfileKind>(i);
  }
  return ProfileKind::kNone;
}

}  // namespace assay::jose
