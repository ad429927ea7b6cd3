#include "service/key_service.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/jose/jwk.h"
#include "core/keys/key_set.h"
#include "core/keys/prepared_key.h"
#include "service/status.h"

namespace assay::service {
namespace {

v1::KeySetUse UseToProto(keys::KeySetUse use) {
  switch (use) {
    case keys::KeySetUse::kPublic:
      return v1::KEY_SET_USE_PUBLIC;
    case keys::KeySetUse::kVerify:
      return v1::KEY_SET_USE_VERIFY;
    case keys::KeySetUse::kSign:
      return v1::KEY_SET_USE_SIGN;
    case keys::KeySetUse::kEncrypt:
      return v1::KEY_SET_USE_ENCRYPT;
    case keys::KeySetUse::kDecrypt:
      return v1::KEY_SET_USE_DECRYPT;
  }
  return v1::KEY_SET_USE_UNSPECIFIED;
}

void WriteInfo(const keys::KeySet& key_set, v1::KeySetInfo* info) {
  info->set_name(key_set.name());
  info->set_use(UseToProto(key_set.use()));
  info->set_generation(key_set.generation());
  info->set_num_keys(static_cast<uint32_t>(key_set.num_keys()));
  info->set_num_skipped(static_cast<uint32_t>(key_set.skipped().size()));
}

std::string PublicJwks(const keys::KeySet& key_set) {
  std::vector<const jose::Jwk*> jwks;
  for (const auto& key : key_set.keys()) {
    if (key->public_jwk()) jwks.push_back(&*key->public_jwk());
  }
  return jose::WritePublicJwkSet(jwks);
}

}  // namespace

KeyService::KeyService(const keys::KeyCache* key_cache, const WorkLane* lane)
    : key_cache_(*key_cache), lane_(*lane) {}

grpc::ServerUnaryReactor* KeyService::ListKeySets(
    grpc::CallbackServerContext* context, const v1::ListKeySetsRequest*,
    v1::ListKeySetsResponse* response) {
  return lane_.RunInline(context, [&](const CallState&) {
    const keys::KeyCache::ReadGuard guard(key_cache_);
    for (const keys::KeySet* key_set : guard.All()) {
      WriteInfo(*key_set, response->add_key_sets());
    }
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* KeyService::GetJwks(
    grpc::CallbackServerContext* context, const v1::GetJwksRequest* request,
    v1::GetJwksResponse* response) {
  return lane_.RunInline(context, [&](const CallState&) {
    if (request->key_set().empty()) {
      return InvalidField("key_set", "is required");
    }
    const keys::KeyCache::ReadGuard guard(key_cache_);
    const auto key_set = guard.Get(request->key_set());
    if (!key_set.ok()) return FromEngine(key_set.status(), "key_set");
    response->set_jwks_json(PublicJwks(**key_set));
    response->set_key_generation((*key_set)->generation());
    return grpc::Status::OK;
  });
}

}  // namespace assay::service
