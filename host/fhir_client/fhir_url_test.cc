// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// No query leaves its base, no page its server.
#include "host/fhir_client/fhir_url.h"

#include <gtest/gtest.h>

#include <string>

namespace condyle {
namespace {

TEST(FhirUrl, AQueryStaysBelowItsBase) {
  const struct {
    const char* name;
    std::string query;
    const char* target;  // null: refused
  } rows[] = {
      {"a resource", "Patient/12", "/fhir/R4/Patient/12"},
      {"a search", "Observation?patient=12", "/fhir/R4/Observation?patient=12"},
      {"a whole type", "Observation", "/fhir/R4/Observation"},
      {"an operation", "Patient/12/$everything", "/fhir/R4/Patient/12/$everything"},
      {"a system and a code", "Observation?code=http://loinc.org|718-7",
       "/fhir/R4/Observation?code=http://loinc.org%7C718-7"},
      {"encoded already", "Observation?code=a%7Cb", "/fhir/R4/Observation?code=a%7Cb"},
      {"half encoded", "Observation?code=100%&x=%4", "/fhir/R4/Observation?code=100%25&x=%254"},
      {"blanks, quotes and letters of others", "Observation?a=b \"\xc3\xa4", "/fhir/R4/Observation?a=b%20%22%C3%A4"},
      {"a line break in the query", "Observation?a=b\r\nc: d", "/fhir/R4/Observation?a=b%0D%0Ac:%20d"},
      {"a mark that ends a URL", "Observation?a=#b", "/fhir/R4/Observation?a=%23b"},
      {"dots in the query", "Observation?a=../..", "/fhir/R4/Observation?a=../.."},
      {"nothing", "", nullptr},
      {"a query alone", "?a=b", nullptr},
      {"from the root", "/Patient/12", nullptr},
      {"another server", "//evil.example/Patient", nullptr},
      {"another URL", "https://evil.example/Patient", nullptr},
      {"up", "../Patient/12", nullptr},
      {"up on the way", "Patient/../../admin", nullptr},
      {"up, encoded", "Patient/%2e%2e/admin", nullptr},
      {"a dot", "./Patient", nullptr},
      {"a slash at the end", "Patient/", nullptr},
      {"a fragment", "Patient/12#x", nullptr},
      {"a backslash", "Patient\\12", nullptr},
      {"a blank", "Patient/1 2", nullptr},
      {"a line break", "Patient/1\r\nx: y", nullptr},
      {"a user", "u@evil.example", nullptr},
      {"too long", "Observation?a=" + std::string(4096, 'x'), nullptr},
  };
  for (const char* server : {"https://ehr.example/fhir/R4", "https://ehr.example/fhir/R4/"}) {
    const absl::StatusOr<HttpUrl> base = ParseFhirBase(server);
    ASSERT_TRUE(base.ok()) << base.status();
    for (const auto& row : rows) {
      const absl::StatusOr<HttpUrl> url = FhirQueryUrl(*base, row.query);
      ASSERT_EQ(url.ok(), row.target != nullptr) << row.name;
      EXPECT_EQ(url.ok() ? url->ToString() : "",
                row.target == nullptr ? "" : std::string("https://ehr.example") + row.target)
          << row.name;
    }
  }
  EXPECT_EQ(FhirQueryUrl(*ParseFhirBase("https://ehr.example"), "Patient/1")->ToString(),
            "https://ehr.example/Patient/1");
}

TEST(FhirUrl, ABaseIsAPlainUrl) {
  for (const char* bad : {"", "ehr.example/fhir", "https://ehr.example/fhir?x=1", "https://u@ehr.example/fhir",
                          "https://ehr.example/fhir#x", "ftp://ehr.example/fhir", "https://ehr.example/a/../fhir"}) {
    EXPECT_FALSE(ParseFhirBase(bad).ok()) << bad;
  }
}

TEST(FhirUrl, ANextPageStaysOnItsServer) {
  const HttpUrl page = *ParseHttpUrl("https://ehr.example:8443/fhir/Observation?patient=12");
  const struct {
    const char* link;
    const char* next;  // null: refused
  } rows[] = {
      {"https://ehr.example:8443/fhir?_getpages=1", "https://ehr.example:8443/fhir?_getpages=1"},
      {"https://EHR.example:8443/pages/2", "https://ehr.example:8443/pages/2"},
      {"?page=2", "https://ehr.example:8443/fhir/Observation?page=2"},
      {"/fhir/Observation?page=2", "https://ehr.example:8443/fhir/Observation?page=2"},
      {"https://ehr.example/fhir?page=2", nullptr},
      {"http://ehr.example:8443/fhir?page=2", nullptr},
      {"https://evil.example:8443/fhir?page=2", nullptr},
      {"//evil.example:8443/fhir?page=2", nullptr},
      {"https://ehr.example:8443@evil.example/fhir", nullptr},
      {"javascript:alert(1)", nullptr},
      {"https://ehr.example:8443/fhir/../admin", nullptr},
  };
  for (const auto& row : rows) {
    const absl::StatusOr<HttpUrl> next = NextPageUrl(page, row.link);
    EXPECT_EQ(next.ok() ? next->ToString() : "", row.next == nullptr ? "" : row.next) << row.link;
  }
}

}  // namespace
}  // namespace condyle
