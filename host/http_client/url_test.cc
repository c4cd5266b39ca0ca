// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a URL is, and what a reference beside it means.
#include "host/http_client/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace condyle {
namespace {

using testing::HasSubstr;

TEST(Url, IsTakenApart) {
  const struct {
    const char* text;
    const char* origin;
    const char* target;
  } rows[] = {
      {"https://a.example", "https://a.example", "/"},
      {"HTTPS://A.Example/B?C=D", "https://a.example", "/B?C=D"},
      {"https://a.example:443/", "https://a.example", "/"},
      {"http://a.example:80/", "http://a.example", "/"},
      {"http://a.example:443/", "http://a.example:443", "/"},
      {"https://a.example:8443/x/", "https://a.example:8443", "/x/"},
      {"https://[2001:DB8::1]:1/x", "https://[2001:db8::1]:1", "/x"},
      {"https://a.example?x=%2F", "https://a.example", "/?x=%2F"},
      {"https://a.example/x?", "https://a.example", "/x"},
  };
  for (const auto& row : rows) {
    const absl::StatusOr<HttpUrl> url = ParseHttpUrl(row.text);
    ASSERT_TRUE(url.ok()) << row.text << url.status();
    EXPECT_EQ(url->Origin(), row.origin) << row.text;
    EXPECT_EQ(url->Target(), row.target) << row.text;
  }
}

TEST(Url, WhatCouldMeanSomethingElseIsRefused) {
  const struct {
    std::string text;
    const char* error;
  } rows[] = {
      {"", "no absolute URL"},
      {"a.example/x", "no absolute URL"},
      {"//a.example/x", "no absolute URL"},
      {"e:?", "no absolute URL"},
      {"https:\xa3", "no absolute URL"},
      {"ftp://a.example", "neither https"},
      {"https:a.example", "no host"},
      {"https:///x", "no host"},
      {"https://a.example:/x", "port"},
      {"https://a.example:99999/x", ""},
      {"https://a.example:443.b.example/x", "port"},
      {"https://u:p@a.example/x", "user name"},
      {"https://a.example/x#y", "fragment"},
      {"https://a.example/x/../y", "'..'"},
      {"https://a.example/x/./y", "'.'"},
      {"https://a.example/x/%2e%2e/y", "'..'"},
      {"https://a.example/x%2fy", "encoded '/'"},
      {"https://a.example/x%5cy", "encoded '/' or '\\'"},
      {"https://a.example/x%00y", "control character"},
      {"https://a.example/x\\y", "no absolute URL"},
      {"https://a.example/x y", "no absolute URL"},
      {"https://a.example/%zz", "no absolute URL"},
      {"https://%61.example/", "percent-encoded host"},
      {"https://a.example/" + std::string(4096, 'x'), "4096 bytes"},
  };
  for (const auto& row : rows) {
    const absl::StatusOr<HttpUrl> url = ParseHttpUrl(row.text);
    ASSERT_FALSE(url.ok()) << row.text;
    EXPECT_THAT(std::string(url.status().message()), HasSubstr(row.error)) << row.text;
  }
}

TEST(Url, AReferenceIsResolved) {
  const HttpUrl base = *ParseHttpUrl("https://a.example:8443/fhir/Observation?patient=1");
  const struct {
    const char* reference;
    const char* url;  // null: refused
  } rows[] = {
      {"?page=2", "https://a.example:8443/fhir/Observation?page=2"},
      {"Patient", "https://a.example:8443/fhir/Patient"},
      {"/other", "https://a.example:8443/other"},
      {"//b.example/x", "https://b.example/x"},
      {"https://b.example/x", "https://b.example/x"},
      {"http://a.example:8443/x", "http://a.example:8443/x"},
      {"../x", nullptr},
      {"/%2e%2e/x", nullptr},
      {"https://a.example/../x", nullptr},
      {"//u@b.example/x", nullptr},
      {"ftp://b.example/x", nullptr},
      {"a b", nullptr},
  };
  for (const auto& row : rows) {
    const absl::StatusOr<HttpUrl> url = ResolveHttpUrl(base, row.reference);
    ASSERT_EQ(url.ok(), row.url != nullptr) << row.reference << url.status();
    EXPECT_EQ(url.ok() ? url->ToString() : "", row.url == nullptr ? "" : row.url) << row.reference;
  }
}

}  // namespace
}  // namespace condyle
