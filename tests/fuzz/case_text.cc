// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A Case in protobuf text format: through the whole of intake, and its reader against protobuf's own.
#include "host/intake/case_text.h"

#include <google/protobuf/text_format.h>

#include <memory>
#include <string>

#include "tests/fuzz/support/intake_rules.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

void RequireWhatProtobufReads(std::string_view text) {
  intake::Draft draft;
  std::unique_ptr<intake::Places> places;
  if (intake::ReadCaseText(text, 64, &draft, &places)) return;
  v1::Case theirs;
  Require(google::protobuf::TextFormat::ParseFromString(std::string(text), &theirs),
          "what is read as text format is text format to protobuf");
  Require(draft.value.SerializeAsString() == theirs.SerializeAsString(), "text format is read as protobuf reads it",
          draft.value.ShortDebugString() + "\n and " + theirs.ShortDebugString());
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = condyle::fuzz::AsText(data, size);
  condyle::fuzz::RequireSoundIntake(text);
  if (text.find('\0') == text.npos) condyle::fuzz::RequireWhatProtobufReads(text);
  return 0;
}
