// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Pins every field and enum value of the messages: what has been released keeps its number, type and name.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "condyle/v1/archive.pb.h"
#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/assessment_request.pb.h"
#include "condyle/v1/audit.pb.h"
#include "condyle/v1/case.pb.h"
#include "condyle/v1/check.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/embedding.pb.h"
#include "condyle/v1/manifest.pb.h"
#include "condyle/v1/model_card.pb.h"
#include "condyle/v1/pack.pb.h"
#include "condyle/v1/whatif.pb.h"

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

std::string Type(const FieldDescriptor& field) {
  std::string type = field.is_repeated() ? "repeated " : "";
  if (field.message_type() != nullptr) return type + field.message_type()->full_name();
  if (field.enum_type() != nullptr) return type + field.enum_type()->full_name();
  return type + field.type_name();
}

void Add(const EnumDescriptor& type, std::set<std::string>* lines) {
  for (int i = 0; i < type.value_count(); ++i) {
    lines->insert(type.full_name() + "." + type.value(i)->name() + " = " + std::to_string(type.value(i)->number()));
  }
}

void Add(const Descriptor& message, std::set<std::string>* lines) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    lines->insert(field.full_name() + " = " + std::to_string(field.number()) + " " + Type(field) +
                  (field.containing_oneof() != nullptr ? " oneof " + field.containing_oneof()->name() : ""));
  }
  for (int i = 0; i < message.nested_type_count(); ++i) Add(*message.nested_type(i), lines);
  for (int i = 0; i < message.enum_type_count(); ++i) Add(*message.enum_type(i), lines);
}

std::set<std::string> Defined() {
  std::set<std::string> lines;
  for (const FileDescriptor* file :
       {condyle::v1::Case::descriptor()->file(), condyle::v1::PluginManifest::descriptor()->file(),
        condyle::v1::AssessmentRequest::descriptor()->file(), condyle::v1::Assessment::descriptor()->file(),
        condyle::v1::Consultation::descriptor()->file(), condyle::v1::Pack::descriptor()->file(),
        condyle::v1::WhatIf::descriptor()->file(), condyle::v1::ArchivedReceipt::descriptor()->file(),
        condyle::v1::CheckReport::descriptor()->file(), condyle::v1::AuditEntry::descriptor()->file(),
        condyle::v1::PluginManifests::descriptor()->file(), condyle::v1::ModelCard::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) Add(*file->message_type(i), &lines);
    for (int i = 0; i < file->enum_type_count(); ++i) Add(*file->enum_type(i), &lines);
  }
  return lines;
}

std::set<std::string> Pinned() {
  std::set<std::string> lines;
  std::ifstream file(CONDYLE_PINNED_FIELDS);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') lines.insert(line);
  }
  return lines;
}

TEST(Compatibility, KeepsEveryPinnedFieldAndValue) {
  const std::set<std::string> defined = Defined();
  ASSERT_GT(Pinned().size(), 100u) << CONDYLE_PINNED_FIELDS << " is missing or cut short";
  for (const std::string& line : Pinned()) {
    EXPECT_TRUE(defined.contains(line))
        << "gone, renumbered or of another type: " << line
        << "\n  Stored consultations and built plugins rely on it: add a field instead.";
  }
}

TEST(Compatibility, PinsWhateverIsNew) {
  const std::set<std::string> pinned = Pinned();
  for (const std::string& line : Defined()) {
    EXPECT_TRUE(pinned.contains(line)) << "not pinned; add this line to " << CONDYLE_PINNED_FIELDS << ":\n" << line;
  }
}

TEST(Compatibility, OrdersUrgencyByHowSoon) {
  EXPECT_LT(condyle::v1::URGENCY_UNSPECIFIED, condyle::v1::URGENCY_SELF_CARE);
  EXPECT_LT(condyle::v1::URGENCY_SELF_CARE, condyle::v1::URGENCY_ROUTINE);
  EXPECT_LT(condyle::v1::URGENCY_ROUTINE, condyle::v1::URGENCY_URGENT);
  EXPECT_LT(condyle::v1::URGENCY_URGENT, condyle::v1::URGENCY_EMERGENCY);
}

}  // namespace
