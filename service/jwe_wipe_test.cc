// What is secret in the messages of encryption is gone when a call is over.
#include <string>

#include "gtest/gtest.h"
#include "service/arena_allocator.h"
#include "service/decrypter_service.h"
#include "service/encrypter_service.h"
#include "service/verifier_service.h"

namespace assay::service {
namespace {

TEST(JweWipeTest, PlaintextsAreWipedFromAnswersOfDecryption) {
  v1::DecryptRequest request;
  v1::DecryptResponse response;
  DecryptedWipe()(&request, &response);
  EXPECT_FALSE(response.has_result());
  response.mutable_result()->set_plaintext("secret");
  DecryptedWipe()(&request, &response);
  EXPECT_EQ(response.result().plaintext(), "");

  v1::BatchDecryptRequest batch_request;
  v1::BatchDecryptResponse batch;
  batch.add_results()->set_plaintext("secret");
  batch.add_results()->set_plaintext("secret");
  DecryptedWipe()(&batch_request, &batch);
  for (const auto& result : batch.results()) EXPECT_EQ(result.plaintext(), "");

  v1::StreamDecryptRequest stream_request;
  v1::StreamDecryptResponse stream;
  stream.add_results()->set_plaintext("secret");
  DecryptedWipe()(&stream_request, &stream);
  EXPECT_EQ(stream.results(0).plaintext(), "");
}

TEST(JweWipeTest, PlaintextsAreWipedFromRequestsOfEncryption) {
  v1::EncryptRequest request;
  v1::EncryptResponse response;
  request.set_plaintext("secret");
  PlaintextWipe()(&request, &response);
  EXPECT_EQ(request.plaintext(), "");

  v1::BatchEncryptRequest batch;
  v1::BatchEncryptResponse batch_response;
  batch.add_plaintexts("secret");
  batch.add_plaintexts("secret");
  PlaintextWipe()(&batch, &batch_response);
  for (const std::string& text : batch.plaintexts()) EXPECT_EQ(text, "");

  v1::StreamEncryptRequest stream;
  v1::StreamEncryptResponse stream_response;
  stream.add_plaintexts("secret");
  PlaintextWipe()(&stream, &stream_response);
  EXPECT_EQ(stream.plaintexts(0), "");
}

// A result with claims; nested if it has a path.
void AddClaims(bool is_nested, v1::VerifyResult* result) {
  result->set_payload("secret");
  if (is_nested) result->add_path();
}

TEST(JweWipeTest, ClaimsOfNestedTokensAreWipedFromAnswersOfVerification) {
  v1::VerifyRequest request;
  v1::VerifyResponse response;
  NestedClaimsWipe()(&request, &response);
  EXPECT_FALSE(response.has_result());
  AddClaims(true, response.mutable_result());
  NestedClaimsWipe()(&request, &response);
  EXPECT_EQ(response.result().payload(), "");

  v1::BatchVerifyRequest batch_request;
  v1::BatchVerifyResponse batch;
  AddClaims(true, batch.add_results());
  AddClaims(false, batch.add_results());  // Anybody could read it anyway.
  AddClaims(true, batch.add_results());
  NestedClaimsWipe()(&batch_request, &batch);
  EXPECT_EQ(batch.results(0).payload(), "");
  EXPECT_EQ(batch.results(1).payload(), "secret");
  EXPECT_EQ(batch.results(2).payload(), "");

  v1::StreamVerifyRequest stream_request;
  v1::StreamVerifyResponse stream;
  AddClaims(true, stream.add_results());
  NestedClaimsWipe()(&stream_request, &stream);
  EXPECT_EQ(stream.results(0).payload(), "");
}

struct CountingWipe {
  static int num_calls;
  void operator()(v1::EncryptRequest* request, v1::EncryptResponse*) const {
    EXPECT_EQ(request->plaintext(), "secret");  // Not freed yet.
    ++num_calls;
  }
};
int CountingWipe::num_calls = 0;

TEST(JweWipeTest, TheAllocatorWipesBeforeItFrees) {
  ArenaAllocator<v1::EncryptRequest, v1::EncryptResponse, CountingWipe>
      allocator;
  auto* holder = allocator.AllocateMessages();
  holder->request()->set_plaintext("secret");
  EXPECT_EQ(CountingWipe::num_calls, 0);
  holder->Release();
  EXPECT_EQ(CountingWipe::num_calls, 1);
}

}  // namespace
}  // namespace assay::service
