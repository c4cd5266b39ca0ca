// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One list makes the routes and their description.
#include "host/service/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace condyle::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Endpoint Call() {
  Endpoint endpoint;
  endpoint.method = "POST";
  endpoint.pattern = "/things/{id}/parts/{part}";
  endpoint.handler = [](const HttpRequest&) { return HttpResponse{}; };
  endpoint.options.content_types = {"application/json"};
  endpoint.tag = "Things";
  endpoint.id = "makePart";
  endpoint.summary = "Makes a part";
  endpoint.parameter_words = {"Id of the thing.", "Name of the part."};
  endpoint.body_words = "The part.";
  endpoint.answers = {{200, "application/json", "Made."}, {200, "text/html", ""}, {404, "", "No such thing."}};
  endpoint.guarded = true;
  return endpoint;
}

TEST(Endpoint, IsFoundByMethodAndPath) {
  const absl::StatusOr<Router> router = MakeRouter({Call()});
  ASSERT_TRUE(router.ok()) << router.status();
  const Router::Match match = router->Find("POST", "/things/7/parts/wheel");
  ASSERT_EQ(match.status, 200);
  EXPECT_THAT(match.parameters, ::testing::ElementsAre("7", "wheel"));
  EXPECT_EQ(router->Find("GET", "/things/7/parts/wheel").status, 405);
  EXPECT_EQ(router->Find("POST", "/things").status, 404);
}

TEST(Endpoint, TwiceTheSameIsAnError) { EXPECT_FALSE(MakeRouter({Call(), Call()}).ok()); }

TEST(OpenApi, DescribesParametersBodyAndAnswers) {
  const std::string json = OpenApi({Call()}, "https://cds.example", /*guarded=*/true);
  for (const char* part : {"\"openapi\": \"3.0.3\"", "https://cds.example", "/things/{id}/parts/{part}", "\"post\"",
                           "Id of the thing.", "Name of the part.", "\"The part.\"", "\"text/html\"", "No such thing.",
                           "\"operationId\": \"makePart\"", "\"bearerFormat\": \"JWT\""}) {
    EXPECT_THAT(json, HasSubstr(part));
  }
}

TEST(OpenApi, AsksForNoTokenWhereNoneIsNeeded) {
  EXPECT_THAT(OpenApi({Call()}, "https://cds.example", /*guarded=*/false), Not(HasSubstr("bearer")));
}

}  // namespace
}  // namespace condyle::service
