// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes one Consultation of all plugins' answers. Knows no condition: only status, urgency, tags and constraints.
#ifndef CONDYLE_HOST_RECONCILE_RECONCILE_H_
#define CONDYLE_HOST_RECONCILE_RECONCILE_H_

#include <string>
#include <vector>

#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"
#include "host/intake/intake.h"

namespace condyle {

// replies: one per plugin of the catalogue, in its order. Replies that are no Assessment, that name another plugin, or
// that lack a status become FAILURE_KIND_BAD_ANSWER. Deterministic: depends on nothing but its arguments. Thread-safe.
v1::Consultation Reconcile(const CheckedCase& checked, const PluginCatalog& catalog, const std::vector<Reply>& replies,
                           const std::string& host_version, const std::string& isolation);

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_RECONCILE_H_
