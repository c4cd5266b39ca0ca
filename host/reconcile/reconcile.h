// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes one Consultation of all plugins' answers. Knows no condition: only status, urgency, tags and constraints.
#ifndef CONDYLE_HOST_RECONCILE_RECONCILE_H_
#define CONDYLE_HOST_RECONCILE_RECONCILE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"
#include "host/intake/intake.h"

namespace condyle {

// Who sets the holds that the host itself puts on what an unanswered screen guards.
inline constexpr char kHostHoldsBy[] = "condyle";

// True if a constraint on `held` covers `tag`: the same tag, or one above it ("load" covers "load.running", and
// "load.run" does not).
bool TagCovers(std::string_view held, std::string_view tag);

// Reconciles the answers of one set of plugins. Holds what can be worked out from the manifests once. Immutable, so
// safe to use from any thread. The catalogue must outlive it.
class Reconciler {
 public:
  // isolation: "worker" or "in-process", for the receipt.
  Reconciler(const PluginCatalog& catalog, const std::string& host_version, const std::string& isolation);
  ~Reconciler();
  Reconciler(const Reconciler&) = delete;
  Reconciler& operator=(const Reconciler&) = delete;

  // replies: one per plugin of the catalogue, in its order. Replies that are no Assessment, that name another plugin,
  // that lack a status or that break another rule of the messages become FAILURE_KIND_BAD_ANSWER, with the field named.
  // Deterministic: depends on nothing but its arguments.
  v1::Consultation Reconcile(const CheckedCase& checked, const std::vector<Reply>& replies) const;

 private:
  struct Index;
  std::unique_ptr<const Index> index_;
};

// The same for a single use.
v1::Consultation Reconcile(const CheckedCase& checked, const PluginCatalog& catalog, const std::vector<Reply>& replies,
                           const std::string& host_version, const std::string& isolation);

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_RECONCILE_H_
