// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Counters and histograms by plugin, hook and reason.
#include "host/service/figures.h"

#include "absl/strings/str_cat.h"
#include "host/http/metrics.h"

namespace condyle::service {
namespace {

prometheus::Family<prometheus::Counter>& CounterFamily(prometheus::Registry& registry, const char* name,
                                                       const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Counter* Counter(prometheus::Registry& registry, const char* name, const char* help) {
  return &CounterFamily(registry, name, help).Add({});
}

}  // namespace

Figures::Figures(prometheus::Registry& registry, const Host& host)
    : plugin_seconds_(prometheus::BuildHistogram()
                          .Name("condyle_plugin_seconds")
                          .Help("Time that a plugin took over its answer, waiting for its worker included")
                          .Register(registry)),
      plugin_failures_(
          CounterFamily(registry, "condyle_plugin_failures_total", "Consultations in which a plugin gave no answer")),
      cards_(CounterFamily(registry, "condyle_cards_total", "Cards given, by hook and indicator")),
      refusals_(CounterFamily(registry, "condyle_refusals_total", "Requests that were refused, by why")),
      tokens_(CounterFamily(registry, "condyle_token_refusals_total", "Clients' tokens that were refused, by why")),
      holds_(
          CounterFamily(registry, "condyle_holds_total",
                        "Constraints in force in consultations, by whose they are; condyle: of a screen that gave no "
                        "answer")),
      reads_(Counter(registry, "condyle_fhir_reads_total", "Queries sent to clients' FHIR servers")),
      failed_reads_(Counter(registry, "condyle_fhir_reads_failed_total", "Those that were not answered")),
      orders_checked_(Counter(registry, "condyle_orders_checked_total", "Orders compared with constraints")),
      orders_unknown_(
          Counter(registry, "condyle_orders_unknown_total", "Orders whose codes are in no table, and so not checked")) {
  for (const v1::PluginManifest& manifest : host.Manifests()) {
    seconds_[manifest.id()] = &plugin_seconds_.Add({{"plugin", manifest.id()}}, DurationBuckets());
    failures_[manifest.id()] = &plugin_failures_.Add({{"plugin", manifest.id()}});
    holds_.Add({{"by", manifest.id()}});
  }
}

void Figures::CountPlugins(const std::vector<PluginTime>& times) {
  for (const PluginTime& time : times) {
    const auto at = seconds_.find(time.plugin_id);
    if (at != seconds_.end()) at->second->Observe(std::chrono::duration<double>(time.time).count());
  }
}

void Figures::CountFailure(const std::string& plugin_id) {
  const auto at = failures_.find(plugin_id);
  // Of a plugin that could not be loaded.
  prometheus::Counter* counter = at == failures_.end() ? &plugin_failures_.Add({{"plugin", plugin_id}}) : at->second;
  counter->Increment();
}

void Figures::Count(const CdsFacts& facts) {
  CountPlugins(facts.plugin_times);
  for (const std::string& plugin : facts.failures) CountFailure(plugin);
  for (const std::string& by : facts.holds) holds_.Add({{"by", by}}).Increment();
  const auto cards = [&](const char* indicator, int number) {
    if (number > 0) cards_.Add({{"hook", facts.hook}, {"indicator", indicator}}).Increment(number);
  };
  cards("critical", facts.critical);
  cards("warning", facts.warning);
  cards("info", facts.info);
  if (!facts.refusal.empty()) refusals_.Add({{"reason", facts.refusal}}).Increment();
  if (facts.reads > 0) reads_->Increment(facts.reads);
  if (facts.failed_reads > 0) failed_reads_->Increment(facts.failed_reads);
  if (facts.orders_checked > 0) orders_checked_->Increment(facts.orders_checked);
  if (facts.orders_unknown > 0) orders_unknown_->Increment(facts.orders_unknown);
}

void Figures::Count(const Outcome& outcome) {
  CountPlugins(outcome.plugin_times);
  if (outcome.refusal) refusals_.Add({{"reason", "patient-data"}}).Increment();
  if (!outcome.consultation && !outcome.refusal) refusals_.Add({{"reason", "audit"}}).Increment();
  if (!outcome.consultation) return;
  for (const v1::PluginFailure& failure : outcome.consultation->plugin_failures()) CountFailure(failure.plugin_id());
  for (const v1::Hold& hold : outcome.consultation->holds()) holds_.Add({{"by", hold.by()}}).Increment();
}

void Figures::CountRefused(const JwtRefusal& refusal) { tokens_.Add({{"reason", refusal.Code()}}).Increment(); }

std::string Figures::HealthText(const Host& host) {
  std::string starts =
      "# HELP condyle_worker_starts_total Workers started so far\n# TYPE condyle_worker_starts_total counter\n";
  std::string circuits =
      "# HELP condyle_circuit_open Whether a plugin is suspended: 1, being tried again: 0.5\n# TYPE "
      "condyle_circuit_open "
      "gauge\n";
  std::string failures =
      "# HELP condyle_failures_in_row Failures of a plugin since it last answered\n# TYPE condyle_failures_in_row "
      "gauge\n";
  for (const PluginHealth& health : host.Health()) {
    const std::string label = absl::StrCat("{plugin=\"", health.plugin_id, "\"} ");
    const char* open = health.circuit == "open" ? "1" : health.circuit == "half-open" ? "0.5" : "0";
    absl::StrAppend(&starts, "condyle_worker_starts_total", label, health.worker_starts, "\n");
    absl::StrAppend(&circuits, "condyle_circuit_open", label, open, "\n");
    absl::StrAppend(&failures, "condyle_failures_in_row", label, health.failures_in_row, "\n");
  }
  return starts + circuits + failures;
}

}  // namespace condyle::service
