// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Case JSON: through the whole of intake, and its reader against protobuf's own.
#include "host/intake/case_json.h"

#include <google/protobuf/util/json_util.h>

#include <memory>
#include <string>

#include "tests/fuzz/support/intake_rules.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

// What our reader takes, protobuf's reads too, as the same message. (Not the other way round: ours is the stricter.)
void RequireWhatProtobufReads(std::string_view text) {
  intake::Json root;
  intake::JsonObject object;
  intake::Draft draft;
  std::unique_ptr<intake::Places> places;
  if (intake::ParseJson(text, 64, &root) || root.get(object) != simdjson::SUCCESS) return;
  if (intake::ReadCaseJson(object, &draft, &places)) return;
  v1::Case theirs;
  const auto status =
      google::protobuf::util::JsonStringToMessage(google::protobuf::StringPiece(text.data(), text.size()), &theirs);
  Require(status.ok(), "what is read as Case JSON is canonical JSON to protobuf", status.ToString());
  Require(draft.value.SerializeAsString() == theirs.SerializeAsString(), "Case JSON is read as protobuf reads it",
          draft.value.ShortDebugString() + "\n and " + theirs.ShortDebugString());
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = condyle::fuzz::AsText(data, size);
  condyle::fuzz::RequireSoundIntake(text);
  if (text.find('\0') == text.npos && simdjson::validate_utf8(text.data(), text.size())) {
    condyle::fuzz::RequireWhatProtobufReads(text);
  }
  return 0;
}
