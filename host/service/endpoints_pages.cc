// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// /plugins: model cards, as pages and as JSON.
#include <optional>
#include <string>
#include <utility>

#include "host/model_card/model_card.h"
#include "host/report/report.h"
#include "host/service/endpoints.h"

namespace condyle::service {
namespace {

constexpr char kTag[] = "Model cards";
constexpr char kHtml[] = "text/html";
constexpr char kWords[] = "A page, or JSON if the client asks for application/json.";

bool WantsJson(const HttpRequest& request) {
  const std::string_view accept = request.Header("accept");
  return accept.find("json") != std::string_view::npos && accept.find(kHtml) == std::string_view::npos;
}

HttpResponse Page(std::string type, std::string body) {
  return {200, std::move(type), std::move(body), {{"X-Content-Type-Options", "nosniff"}}};
}

template <typename Cards, typename Html>
HttpResponse PageOf(const HttpRequest& request, const Cards& cards, Html html) {
  return WantsJson(request) ? Page(kJson, ToJson(cards)) : Page("text/html; charset=utf-8", html());
}

}  // namespace

void Endpoints::AddPages() {
  list_.push_back({.method = "GET",
                   .pattern = "/plugins",
                   .handler =
                       [this](const HttpRequest& request) {
                         const v1::ModelCards all = MakeModelCards(parts_.host);
                         return PageOf(request, all, [&] { return ToHtmlIndex(all, "/plugins/"); });
                       },
                   .options = {.compress = true},
                   .tag = kTag,
                   .id = "modelCards",
                   .summary = "What each plugin is, for whom, and on what basis",
                   .words = kWords,
                   .answers = {{200, kHtml, "The cards."}, {200, kJson, ""}}});
  list_.push_back(
      {.method = "GET",
       .pattern = "/plugins/{id}",
       .handler =
           [this](const HttpRequest& request) {
             const std::optional<v1::ModelCard> one = FindModelCard(parts_.host, request.parameters[0]);
             if (!one) return ErrorResponse(404, "There is no plugin of this id. GET /plugins lists them");
             return PageOf(request, *one, [&] { return ToHtml(*one); });
           },
       .options = {.compress = true},
       .tag = kTag,
       .id = "modelCard",
       .summary = "The model card of one plugin",
       .words = kWords,
       .parameter_words = {"Id of the plugin."},
       .answers = {{200, kHtml, "The card."}, {200, kJson, ""}, {404, kFhirJson, "There is no such plugin."}}});
}

}  // namespace condyle::service
