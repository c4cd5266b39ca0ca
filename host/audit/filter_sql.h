// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A filter as the condition of a query, the same for all kinds of stores.
#ifndef CONDYLE_HOST_AUDIT_FILTER_SQL_H_
#define CONDYLE_HOST_AUDIT_FILTER_SQL_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/audit/audit_store.h"

namespace condyle {

struct FilterSql {
  // " WHERE ...".
  std::string where;
  // Of its parameters, in order.
  std::vector<std::string> values;
};

// marker: what stands before the number of a parameter, '?' or '$'. Without the limit.
inline FilterSql SqlOf(const AuditFilter& filter, char marker) {
  FilterSql sql{" WHERE true", {}};
  if (!filter.kinds.empty()) {
    absl::StrAppend(&sql.where, " AND kind IN (");
    for (size_t i = 0; i < filter.kinds.size(); ++i) {
      absl::StrAppend(&sql.where, i == 0 ? "" : ", ", static_cast<int>(filter.kinds[i]));
    }
    absl::StrAppend(&sql.where, ")");
  }
  const auto moment = [&](const char* compared, const std::string& value) {
    if (value.empty()) return;
    sql.values.push_back(value);
    absl::StrAppend(&sql.where, " AND moment ", compared, " ", std::string(1, marker), sql.values.size());
  };
  moment(">=", filter.since);
  moment("<", filter.until);
  if (filter.sequence) absl::StrAppend(&sql.where, " AND sequence = ", *filter.sequence);
  return sql;
}

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_FILTER_SQL_H_
