// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Limits, choice of the format, and the way from bytes to a checked case.
#include "host/intake/intake.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "host/intake/case_json.h"
#include "host/intake/case_text.h"
#include "host/intake/check.h"
#include "host/intake/fhir.h"
#include "host/intake/json.h"

namespace condyle {
namespace {

using intake::Draft;
using intake::Places;
using intake::Problem;
using intake::Refuse;

constexpr char kFormats[] =
    "send a FHIR R4 Bundle or QuestionnaireResponse in JSON, a Case in JSON, or a Case in protobuf text format";
// Protobuf's streams count in int.
constexpr size_t kMostBytes = std::numeric_limits<int>::max() / 2;

Problem CheckBytes(std::string_view bytes, const IntakeOptions& options) {
  const size_t most = std::min(options.max_bytes, kMostBytes);
  if (bytes.size() > most) {
    return Refuse(
        "", "the input has " + std::to_string(bytes.size()) + " bytes; at most " + std::to_string(most) + " are read");
  }
  const size_t nul = bytes.find('\0');
  if (nul != bytes.npos) {
    return Refuse("", "the input is not text: byte " + std::to_string(nul) + " is NUL; UTF-8 without NUL is read");
  }
  if (!simdjson::validate_utf8(bytes.data(), bytes.size())) {
    return Refuse("", "the input is not valid UTF-8; save it as UTF-8");
  }
  return std::nullopt;
}

Problem ReadDraft(std::string_view bytes, const InputCatalog& inputs, const IntakeOptions& options, Draft* draft,
                  std::unique_ptr<Places>* places) {
  if (Problem problem = CheckBytes(bytes, options)) return problem;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.substr(0, kByteOrderMark.size()) == kByteOrderMark) bytes.remove_prefix(kByteOrderMark.size());
  const size_t begin = bytes.find_first_not_of(" \t\r\n");
  if (begin == bytes.npos) return Refuse("", std::string("the input is empty; ") + kFormats);
  const char first = bytes[begin];
  const bool identifier = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_';
  if (identifier || first == '#') return intake::ReadCaseText(bytes, options.max_depth, draft, places);
  if (first == '<') return Refuse("", std::string("XML is not read; ") + kFormats);
  if (first != '{' && first != '[') return Refuse("", std::string("the format is not known; ") + kFormats);
  intake::Json root;
  if (Problem problem = intake::ParseJson(bytes, options.max_depth, &root)) return problem;
  intake::JsonObject object;
  if (root.get(object) != simdjson::SUCCESS) {
    return Refuse("", std::string("the input is a JSON array, not an object; ") + kFormats);
  }
  return root["resourceType"].error() == simdjson::SUCCESS ? intake::ReadFhir(object, inputs, draft, places)
                                                           : intake::ReadCaseJson(object, draft, places);
}

IntakeResult Finish(const InputCatalog& inputs, const IntakeOptions& options, const Places& places, Draft* draft) {
  if (Problem problem = intake::CheckDraft(inputs, options, places, draft)) return *std::move(problem);
  return CheckedCase{std::move(draft->value), draft->notices.Take()};
}

}  // namespace

IntakeResult ReadCase(std::string_view bytes, const InputCatalog& inputs, const IntakeOptions& options) {
  Draft draft;
  std::unique_ptr<Places> places;
  if (Problem problem = ReadDraft(bytes, inputs, options, &draft, &places)) return *std::move(problem);
  return Finish(inputs, options, *places, &draft);
}

IntakeResult CheckCase(const v1::Case& unchecked, const InputCatalog& inputs, const IntakeOptions& options) {
  Draft draft;
  draft.value = unchecked;
  const std::unique_ptr<Places> places = intake::PlacesInCase(draft.value);
  return Finish(inputs, options, *places, &draft);
}

}  // namespace condyle
