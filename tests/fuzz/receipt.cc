// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// An archived receipt from outside, read up to where plugins would be asked again.
#include "host/archive/receipt.h"

#include <google/protobuf/util/json_util.h>

#include <cstring>
#include <string>

#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/assessment_request.pb.h"
#include "host/archive/compare.h"
#include "host/library/requests.h"
#include "host/report/report.h"
#include "host/trust/sha256.h"
#include "tests/fuzz/support/mutate.h"
#include "tests/fuzz/support/plugins.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

void RequireWhole(const v1::ArchivedReceipt& archive) {
  Require(FindDamage(archive).empty(), "an accepted receipt has no damage");
  const auto json = ArchiveToJson(archive);
  Require(json.ok(), "an accepted receipt can be written");
  const ReadArchive again = ArchiveFromJson(*json);
  Require(again.refusal.empty(), "a written receipt is accepted", again.refusal);
  Require(again.archive.SerializeAsString() == archive.SerializeAsString(), "a written receipt is read as it was");
  Require(Compare(archive, again.archive).empty(), "a receipt does not differ from itself");

  v1::ArchivedReceipt changed = archive;
  changed.set_case_id(changed.case_id() + "x");
  Require(!FindDamage(changed).empty(), "a changed receipt is refused");
}

// What replay does before and after it asks.
void RequireComparable(const v1::ArchivedReceipt& archive) {
  static const RequestBuilder builder(TreeCatalog());
  static_cast<void>(UnixNanoseconds(archive.checked_case().as_of()));
  const std::vector<std::string> rebuilt = builder.Build(archive.checked_case());
  Require(rebuilt.size() == TreeCatalog().plugins.size(), "there is a request for each plugin");
  for (const std::string& request : rebuilt) {
    Require(v1::AssessmentRequest().ParseFromString(request), "a request that is built can be read");
  }
  v1::Assessment previous;
  for (const v1::ArchivedCall& call : archive.calls()) {
    v1::Assessment answer;
    if (!answer.ParseFromString(call.response())) continue;
    answer.DiscardUnknownFields();  // which nobody can name
    Require(Compare(answer, answer).empty(), "an answer does not differ from itself");
    const bool same = answer.SerializeAsString() == previous.SerializeAsString();
    Require(Compare(previous, answer).empty() == same, "a difference is found exactly where there is one",
            answer.ShortDebugString());
    previous = std::move(answer);
  }
}

// Makes the hashes and the seal fit again, so that what is read beyond them is reached.
void Seal(v1::ArchivedReceipt* archive) {
  archive->set_format(kArchiveFormat);
  v1::Receipt* receipt = archive->mutable_receipt();
  while (receipt->plugins_size() > archive->calls_size()) receipt->mutable_plugins()->RemoveLast();
  while (receipt->plugins_size() < archive->calls_size()) receipt->add_plugins();
  std::vector<std::string> requests;
  std::vector<Reply> replies;
  for (int i = 0; i < archive->calls_size(); ++i) {
    const v1::ArchivedCall& call = archive->calls(i);
    receipt->mutable_plugins(i)->set_plugin_id(call.plugin_id());
    requests.push_back(call.request());
    replies.emplace_back().response = call.response();
  }
  AddHashes(archive->checked_case(), requests, replies, receipt);
  archive->set_seal(SealOf(*archive));
}

void ChangeAnswer(v1::ArchivedCall* call, Random& random) {
  v1::Assessment answer;
  if (!answer.ParseFromString(call->response())) return;
  Mutate(&answer, TreeWords(), random);
  call->set_response(answer.SerializeAsString());
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const condyle::PluginCatalog& tree = condyle::fuzz::TreeCatalog();  // silences protobuf
  static_cast<void>(tree);
  const condyle::ReadArchive read = condyle::ArchiveFromJson(condyle::fuzz::AsText(data, size));
  if (!read.refusal.empty()) {
    condyle::fuzz::RequireMessage(read.refusal, "a refused receipt");
    return 0;
  }
  condyle::fuzz::RequireWhole(read.archive);
  condyle::fuzz::RequireComparable(read.archive);
  return 0;
}

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  condyle::fuzz::Random random(seed);
  condyle::v1::ArchivedReceipt archive;
  const google::protobuf::StringPiece text(reinterpret_cast<const char*>(data), size);
  if (random.OneIn(8) || !google::protobuf::util::JsonStringToMessage(text, &archive).ok()) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  if (random.OneIn(2) && archive.calls_size() > 0) {
    const auto calls = static_cast<size_t>(archive.calls_size());
    condyle::fuzz::ChangeAnswer(archive.mutable_calls(static_cast<int>(random.Below(calls))), random);
  } else {
    condyle::fuzz::Mutate(&archive, condyle::fuzz::TreeWords(), random);
  }
  if (!random.OneIn(8)) condyle::fuzz::Seal(&archive);
  const std::string json = condyle::ToJson(archive);
  if (json.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, json.data(), json.size());
  return json.size();
}
