// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the service counts of consultations, for Prometheus. No label holds what a client chose.
#ifndef CONDYLE_HOST_SERVICE_FIGURES_H_
#define CONDYLE_HOST_SERVICE_FIGURES_H_

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <string>
#include <vector>

#include "condyle/host/host.h"
#include "host/cds_hooks/cds_hooks.h"
#include "host/jwt/refusal.h"

namespace condyle::service {

// Thread-safe. The registry and the host must outlive it.
class Figures {
 public:
  Figures(prometheus::Registry& registry, const Host& host);

  void Count(const CdsFacts& facts);
  // What was answered elsewhere than through CDS Hooks.
  void Count(const Outcome& outcome);
  void CountRefused(const JwtRefusal& refusal);

  // Of each plugin its workers, circuit and failures in a row, as of now; text format, to be appended to the
  // registry's.
  static std::string HealthText(const Host& host);

 private:
  void CountPlugins(const std::vector<PluginTime>& times);
  void CountFailure(const std::string& plugin_id);

  prometheus::Family<prometheus::Histogram>& plugin_seconds_;
  prometheus::Family<prometheus::Counter>& plugin_failures_;
  prometheus::Family<prometheus::Counter>& cards_;
  prometheus::Family<prometheus::Counter>& refusals_;
  prometheus::Family<prometheus::Counter>& tokens_;
  prometheus::Family<prometheus::Counter>& holds_;
  prometheus::Counter* reads_;
  prometheus::Counter* failed_reads_;
  prometheus::Counter* orders_checked_;
  prometheus::Counter* orders_unknown_;
  // By plugin id: of those that were loaded at the start.
  std::map<std::string, prometheus::Histogram*> seconds_;
  std::map<std::string, prometheus::Counter*> failures_;
};

}  // namespace condyle::service

#endif  // CONDYLE_HOST_SERVICE_FIGURES_H_
