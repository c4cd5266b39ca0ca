// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes one Consultation of all plugins' answers. Knows no condition: only status, urgency, tags and constraints.
#ifndef CONDYLE_HOST_RECONCILE_RECONCILE_H_
#define CONDYLE_HOST_RECONCILE_RECONCILE_H_

#include <memory>
#include <string>
#include <vector>

#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"
#include "host/intake/intake.h"
#include "host/reconcile/questions.h"
#include "host/reconcile/screens.h"

namespace condyle {

// The highest of all; at least routine while anything is undecided, since nothing unanswered ends in self care, and
// where no plugin gives an urgency.
v1::Urgency HighestUrgency(const std::vector<v1::Urgency>& urgencies, bool undecided);

// To be shown with every answer.
const char* Disclaimer();

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

  // The same at a fraction of the cost: what was answered alike before is not made again but shared with those answers.
  // So the messages in its lists may be read and copied, and lists may be added to; nothing else in it may be changed,
  // and no list emptied. A copy is free of that. May outlive the reconciler.
  std::shared_ptr<v1::Consultation> ReconcileShared(const CheckedCase& checked,
                                                    const std::vector<Reply>& replies) const;

  // As long as the reconciler.
  const Screens& screens() const;
  const QuestionWords& words() const;

 private:
  struct Index;
  std::shared_ptr<Index> index_;
};

// The same for a single use.
v1::Consultation Reconcile(const CheckedCase& checked, const PluginCatalog& catalog, const std::vector<Reply>& replies,
                           const std::string& host_version, const std::string& isolation);

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_RECONCILE_H_
