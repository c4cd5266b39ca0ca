// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The text format parser of protobuf, with the place of each field.
#include "host/intake/case_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <string>
#include <utility>

#include "host/trust/quote.h"

namespace condyle::intake {
namespace {

using google::protobuf::Message;
using google::protobuf::TextFormat;

std::string Position(int line, int column) { return std::to_string(line + 1) + ":" + std::to_string(column + 1); }

class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    // The message quotes the text as it is.
    if (!problem)
      problem = Refuse(Position(line, column), "not a valid Case in text format: " + Showable(message, 500));
  }

  Problem problem;
};

class TextPlaces final : public Places {
 public:
  explicit TextPlaces(const v1::Case& value) : value_(value) {}

  // To be filled by the parser.
  TextFormat::ParseInfoTree* tree() { return &tree_; }

  std::string OfFinding(size_t index, Part part) const override {
    const int i = static_cast<int>(index);
    std::string whole = Of(&tree_, value_, v1::Case::kFindingsFieldNumber, i, "");
    const auto* findings = v1::Case::descriptor()->FindFieldByNumber(v1::Case::kFindingsFieldNumber);
    const TextFormat::ParseInfoTree* tree = tree_.GetTreeForNested(findings, i);
    const v1::Finding& finding = value_.findings(i);
    switch (part) {
      case Part::kFinding:
        return whole;
      case Part::kKey:
        return Of(tree, finding, v1::Finding::kKeyFieldNumber, -1, whole);
      case Part::kSide:
        return Of(tree, finding, v1::Finding::kSideFieldNumber, -1, whole);
      case Part::kObservedAt:
        return Of(tree, finding, v1::Finding::kObservedAtFieldNumber, -1, whole);
      case Part::kValue:
      case Part::kUnit:
        break;
    }
    if (finding.value_case() == v1::Finding::VALUE_NOT_SET) return whole;
    // The oneof's cases are numbered as its fields.
    std::string value = Of(tree, finding, finding.value_case(), -1, whole);
    if (!finding.has_quantity() || tree == nullptr) return value;
    const auto* quantity = v1::Finding::descriptor()->FindFieldByNumber(v1::Finding::kQuantityFieldNumber);
    return Of(tree->GetTreeForNested(quantity, -1), finding.quantity(),
              part == Part::kUnit ? v1::Quantity::kUnitFieldNumber : v1::Quantity::kValueFieldNumber, -1, value);
  }

  std::string OfPatient(PatientPart part) const override {
    std::string whole = Of(&tree_, value_, v1::Case::kPatientFieldNumber, -1, "patient");
    const auto* patient = v1::Case::descriptor()->FindFieldByNumber(v1::Case::kPatientFieldNumber);
    const TextFormat::ParseInfoTree* tree = tree_.GetTreeForNested(patient, -1);
    switch (part) {
      case PatientPart::kBirthDate:
        return Of(tree, value_.patient(), v1::Patient::kBirthDateFieldNumber, -1, whole);
      case PatientPart::kAge:
        return Of(tree, value_.patient(), v1::Patient::kAgeYearsFieldNumber, -1, whole);
      case PatientPart::kSex:
        return Of(tree, value_.patient(), v1::Patient::kSexFieldNumber, -1, whole);
      default:
        return whole;
    }
  }

  // False where the text leaves the value out, so that it reads as 0.
  bool HasQuantityValue(int index) const {
    const auto* findings = v1::Case::descriptor()->FindFieldByNumber(v1::Case::kFindingsFieldNumber);
    const auto* quantity = v1::Finding::descriptor()->FindFieldByNumber(v1::Finding::kQuantityFieldNumber);
    const auto* value = v1::Quantity::descriptor()->FindFieldByNumber(v1::Quantity::kValueFieldNumber);
    const TextFormat::ParseInfoTree* tree = tree_.GetTreeForNested(findings, index);
    if (tree != nullptr) tree = tree->GetTreeForNested(quantity, -1);
    return tree != nullptr && tree->GetLocation(value, -1).line >= 0;
  }

  std::string OfAsOf() const override { return Of(&tree_, value_, v1::Case::kAsOfFieldNumber, -1, "as_of"); }

 private:
  // Place of a field, or `otherwise` if it is not in the text.
  static std::string Of(const TextFormat::ParseInfoTree* tree, const Message& message, int number, int index,
                        const std::string& otherwise) {
    if (tree == nullptr) return otherwise;
    const TextFormat::ParseLocation location =
        tree->GetLocation(message.GetDescriptor()->FindFieldByNumber(number), index);
    return location.line < 0 ? otherwise : Position(location.line, location.column);
  }

  const v1::Case& value_;
  TextFormat::ParseInfoTree tree_;
};

}  // namespace

Problem ReadCaseText(std::string_view text, size_t max_depth, Draft* draft, std::unique_ptr<Places>* places) {
  TextFormat::Parser parser;
  FirstError error;
  auto text_places = std::make_unique<TextPlaces>(draft->value);
  parser.RecordErrorsTo(&error);
  parser.WriteLocationsTo(text_places->tree());
  parser.SetRecursionLimit(static_cast<int>(max_depth));
  google::protobuf::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
  if (!parser.Parse(&stream, &draft->value)) {
    return error.problem ? error.problem : Refuse("", "not a valid Case in text format");
  }
  for (int i = 0; i < draft->value.findings_size(); ++i) {
    const v1::Finding& finding = draft->value.findings(i);
    if (!finding.has_quantity() || text_places->HasQuantityValue(i)) continue;
    draft->notices.Add(text_places->OfFinding(static_cast<size_t>(i), Part::kValue),
                       Showable(finding.key()) + ": the quantity has no value, which proto3 reads as 0");
  }
  *places = std::move(text_places);
  return std::nullopt;
}

}  // namespace condyle::intake
