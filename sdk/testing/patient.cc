// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The builder.
#include "condyle/testing/patient.h"

namespace condyle::testing {

Patient::Patient() {
  request_.set_locale("en");
  request_.set_as_of("2026-05-01T09:00:00Z");
}

Patient& Patient::Age(double years) {
  request_.mutable_patient()->set_age_years(years);
  return *this;
}

Patient& Patient::Female() {
  request_.mutable_patient()->set_sex(v1::SEX_FEMALE);
  return *this;
}

Patient& Patient::Male() {
  request_.mutable_patient()->set_sex(v1::SEX_MALE);
  return *this;
}

Patient& Patient::No(std::initializer_list<BooleanInput> inputs) {
  for (const BooleanInput& input : inputs) No(input);
  return *this;
}

Patient& Patient::Is(const QuantityInput& input, double value) {
  v1::Quantity* quantity = Set(input, v1::SIDE_UNSPECIFIED)->mutable_quantity();
  quantity->set_value(value);
  quantity->set_unit(std::string(input.unit));
  return *this;
}

Patient& Patient::Is(const SidedQuantityInput& input, Side side, double value) {
  v1::Quantity* quantity = Set(input, ToProto(side))->mutable_quantity();
  quantity->set_value(value);
  quantity->set_unit(std::string(input.unit));
  return *this;
}

Patient& Patient::IsSomewhere(const SidedQuantityInput& input, double value) {
  v1::Quantity* quantity = Set(input, v1::SIDE_UNSPECIFIED)->mutable_quantity();
  quantity->set_value(value);
  quantity->set_unit(std::string(input.unit));
  return *this;
}

Patient& Patient::Is(const CodedInput& input, AnswerCode answer) {
  Set(input, v1::SIDE_UNSPECIFIED)->set_code(std::string(answer.code));
  return *this;
}

Patient& Patient::Is(const SidedCodedInput& input, Side side, AnswerCode answer) {
  Set(input, ToProto(side))->set_code(std::string(answer.code));
  return *this;
}

Patient& Patient::Is(const DateInput& input, std::string_view date) {
  Set(input, v1::SIDE_UNSPECIFIED)->set_text(std::string(date));
  return *this;
}

Patient& Patient::Without(const InputKey& input) {
  auto* findings = request_.mutable_findings();
  for (int i = findings->size() - 1; i >= 0; --i) {
    if (findings->Get(i).key() == input.key) findings->DeleteSubrange(i, 1);
  }
  return *this;
}

Patient& Patient::Present(const InputKey& input, v1::Side side, bool present) {
  Set(input, side)->set_present(present);
  return *this;
}

v1::Finding* Patient::Set(const InputKey& input, v1::Side side) {
  for (v1::Finding& finding : *request_.mutable_findings()) {
    if (finding.key() == input.key && finding.side() == side) return &finding;
  }
  v1::Finding* finding = request_.add_findings();
  finding->set_key(std::string(input.key));
  finding->set_side(side);
  return finding;
}

}  // namespace condyle::testing
