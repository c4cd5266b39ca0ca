// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
#include "host/reconcile/code_notices.h"

#include <gtest/gtest.h>

#include <string>

namespace condyle {
namespace {

void Fill(v1::Coding* coding, const std::string& system, const std::string& code, const std::string& checked_to) {
  coding->set_system(system);
  coding->set_code(code);
  coding->set_checked_to(checked_to);
}

// Two plugins: one with a code that is in both, one with two codes and one that nobody dates.
v1::Consultation At(const std::string& as_of) {
  v1::Consultation consultation;
  consultation.set_as_of(as_of);
  Fill(consultation.add_assessments()->add_conclusions()->mutable_condition(), "icd", "M53.3", "2026-09-30");
  v1::Assessment* second = consultation.add_assessments();
  v1::Conclusion* conclusion = second->add_conclusions();
  Fill(conclusion->mutable_condition(), "icd", "M53.3", "2026-09-30");
  Fill(conclusion->add_codings(), "icd", "M46.1", "2026-09-30");
  Fill(conclusion->add_codings(), "local", "7", "2030-01-01");
  Fill(conclusion->add_codings(), "sct", "55", "");
  second->add_conclusions();  // without a code
  return consultation;
}

TEST(CodeNotice, IsGivenFromTheDayAfterTheLastChecked) {
  struct Row {
    const char* name;
    const char* as_of;
    int notices;
  };
  for (const Row& row : {
           Row{"day before", "2026-09-29T09:00:00Z", 0},
           Row{"last checked day, to its end", "2026-09-30T23:59:59Z", 0},
           Row{"day after", "2026-10-01T00:00:00Z", 1},
           Row{"long after", "2026-11-22T12:00:00+02:00", 1},
           Row{"no moment", "", 0},
       }) {
    v1::Consultation consultation = At(row.as_of);
    AddCodeNotice(&consultation);
    EXPECT_EQ(consultation.notices_size(), row.notices) << row.name;
  }
}

TEST(CodeNotice, NamesEachCodeOnceWithItsSystemAndDay) {
  v1::Consultation consultation = At("2026-10-01T00:00:00Z");
  consultation.add_notices()->set_path("earlier");
  AddCodeNotice(&consultation);
  ASSERT_EQ(consultation.notices_size(), 2);
  EXPECT_EQ(consultation.notices(1).path(), "/asOf");
  EXPECT_EQ(consultation.notices(1).message(),
            "Codes of conclusions were not checked for 2026-10-01 and may have changed by then; look them up before "
            "use: M46.1, M53.3 (icd, checked to 2026-09-30)");
}

TEST(CodeNotice, SeparatesSystems) {
  v1::Consultation consultation = At("2030-01-02T00:00:00Z");
  AddCodeNotice(&consultation);
  ASSERT_EQ(consultation.notices_size(), 1);
  const std::string& message = consultation.notices(0).message();
  EXPECT_NE(message.find("M53.3 (icd, checked to 2026-09-30); 7 (local, checked to 2030-01-01)"), std::string::npos)
      << message;
  EXPECT_EQ(message.find("55"), std::string::npos) << "undated codes are not retired by date";
}

}  // namespace
}  // namespace condyle
