// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Opening and closing a host, and what it says of itself.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "condyle/v1/embedding.pb.h"
#include "host/embedding/handle.h"
#include "host/model_card/model_card.h"
#include "host/trust/quote.h"

namespace condyle::embedding {
namespace {

std::unique_ptr<v1::LoadReport> LoadReportOf(const Host& host) {
  auto report = std::make_unique<v1::LoadReport>();
  for (const v1::PluginFailure& failure : host.LoadFailures()) *report->add_failures() = failure;
  for (const v1::PluginFailure& warning : host.SignatureWarnings()) *report->add_signature_warnings() = warning;
  report->set_sandbox_warning(host.SandboxWarning());
  return report;
}

std::unique_ptr<v1::HealthReport> HealthReportOf(const Host& host) {
  auto report = std::make_unique<v1::HealthReport>();
  for (const PluginHealth& health : host.Health()) {
    v1::PluginState* state = report->add_plugins();
    state->set_plugin_id(health.plugin_id);
    state->set_circuit(health.circuit);
    state->set_failures_in_row(health.failures_in_row);
    state->set_retry_in_ms(health.retry_in.count());
    state->set_worker_starts(health.worker_starts);
  }
  for (const pid_t pid : host.WorkerPids()) report->add_worker_pids(pid);
  return report;
}

cndh_status Open(const cndh_options* given, std::unique_ptr<cndh_host>* host, cndh_result& result) {
  HostOptions options;
  if (OptionProblem problem = Read(given, &options); problem.status != CNDH_OK) return FailWith(problem, result);
  absl::StatusOr<std::unique_ptr<Host>> opened = Host::Open(options);
  if (!opened.ok()) return result.Fail(opened.status());
  auto titles = std::make_shared<HtmlOptions>();
  for (const v1::PluginManifest& manifest : (*opened)->Manifests()) titles->titles[manifest.id()] = manifest.title();
  auto fhir = std::make_shared<const FhirFormat>((*opened)->Manifests(), FhirOptions{});
  result.SetDocument(LoadReportOf(**opened));
  *host = std::make_unique<cndh_host>(cndh_host{*std::move(opened), std::move(titles), std::move(fhir)});
  return CNDH_OK;
}

// A card, or cards: the message, and what it is for people.
template <typename Card>
cndh_status Show(Card card, std::string text, Result& result) {
  auto document = std::make_unique<Card>(std::move(card));
  const Card* shown = document.get();
  result.SetDocument(std::move(document));
  result.AddFormat("html", [shown] { return ToHtml(*shown); });
  result.AddFormat("text", [text = std::move(text)] { return text; });
  return result.status();
}

cndh_status ShowCard(const Host& host, const char* plugin_id, Result& result) {
  if (plugin_id == nullptr) {
    v1::ModelCards cards = MakeModelCards(host);
    std::string text;
    for (const v1::ModelCard& card : cards.cards()) absl::StrAppend(&text, text.empty() ? "" : "\n", ToText(card, {}));
    return Show(std::move(cards), std::move(text), result);
  }
  std::optional<v1::ModelCard> card = FindModelCard(host, plugin_id);
  if (card) {
    std::string text = ToText(*card, {});
    return Show(*std::move(card), std::move(text), result);
  }
  std::string there;
  for (const v1::PluginManifest& m : host.Manifests()) absl::StrAppend(&there, there.empty() ? "" : ", ", m.id());
  return result.Fail(CNDH_NOT_FOUND, absl::StrCat("there is no plugin ", Quote(plugin_id), "; there is ", there));
}

}  // namespace
}  // namespace condyle::embedding

using condyle::embedding::OnHost;

extern "C" {

const char* cndh_version(void) noexcept { return condyle::HostVersion(); }
uint32_t cndh_interface_minor(void) noexcept { return CNDH_INTERFACE_MINOR; }

cndh_status cndh_open(const cndh_options* options, cndh_host** host, cndh_result** result) noexcept {
  if (host != nullptr) *host = nullptr;
  return condyle::embedding::WithResult(result, /*optional=*/true, [&](cndh_result& made) {
    if (host == nullptr) return made.Fail(CNDH_MISUSE, "there is no place for the host: cndh_open(..., NULL, ...)");
    std::unique_ptr<cndh_host> opened;
    const cndh_status status = condyle::embedding::Open(options, &opened, made);
    *host = opened.release();
    return status;
  });
}

void cndh_close(cndh_host* host) noexcept { delete host; }

cndh_status cndh_manifests(cndh_host* host, cndh_result** result) noexcept {
  return OnHost(host, result, [](cndh_host& opened, cndh_result& made) {
    auto manifests = std::make_unique<condyle::v1::PluginManifests>();
    for (condyle::v1::PluginManifest& manifest : opened.host->Manifests()) {
      *manifests->add_manifests() = std::move(manifest);
    }
    made.SetDocument(std::move(manifests));
    return made.status();
  });
}

cndh_status cndh_plugin_failures(cndh_host* host, cndh_result** result) noexcept {
  return OnHost(host, result, [](cndh_host& opened, cndh_result& made) {
    made.SetDocument(condyle::embedding::LoadReportOf(*opened.host));
    return made.status();
  });
}

cndh_status cndh_health(cndh_host* host, cndh_result** result) noexcept {
  return OnHost(host, result, [](cndh_host& opened, cndh_result& made) {
    made.SetDocument(condyle::embedding::HealthReportOf(*opened.host));
    return made.status();
  });
}

cndh_status cndh_questionnaire(cndh_host* host, cndh_result** result) noexcept {
  return OnHost(host, result, [](cndh_host& opened, cndh_result& made) {
    made.AddFormat("json", [json = opened.host->Questionnaire()] { return json; });
    return made.status();
  });
}

cndh_status cndh_model_card(cndh_host* host, const char* plugin_id, cndh_result** result) noexcept {
  return OnHost(host, result, [plugin_id](cndh_host& opened, cndh_result& made) {
    return condyle::embedding::ShowCard(*opened.host, plugin_id, made);
  });
}

}  // extern "C"
