// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Draft orders of an EHR, and what their codes mean in tags. No code is known here: manifests and options bring them.
#ifndef CONDYLE_HOST_CDS_HOOKS_ORDERS_H_
#define CONDYLE_HOST_CDS_HOOKS_ORDERS_H_

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "condyle/v1/manifest.pb.h"
#include "host/cds_hooks/outcome.h"
#include "host/intake/json.h"

namespace condyle::cds {

struct OrderCode {
  std::string system;
  std::string code;
};

struct DraftOrder {
  // "MedicationRequest/12"; the type alone if it has no id.
  std::string reference;
  bool has_id = false;
  // What it is called: text of its concept, else the display of a code, else the code.
  std::string display;
  std::vector<OrderCode> codes;
  // JSON pointer into the request.
  std::string path;
  // Why it cannot be checked whatever the table says: its type is not read, or it has no code. Empty: it can.
  std::string unreadable;
};

// Reads context.draftOrders (a Bundle). `selections`: those of order-select, "Type/id" or an id; empty: all are meant.
// What is ordered not to be done is left out. If a selection names no order, all are read: better too many than none.
std::optional<Fault> ReadDraftOrders(const intake::Json& bundle, const intake::JsonPath& path,
                                     const std::vector<std::string_view>& selections, std::vector<DraftOrder>* orders);

// Codes to tags. Immutable once built.
class OrderTable {
 public:
  void Add(const v1::OrderTag& order);

  struct Tag {
    std::string tag;
    // What such orders are, for people.
    std::string text;
  };
  // Each once, in the order in which they were added. Empty: no code of the order is known.
  std::vector<const Tag*> TagsOf(const DraftOrder& order) const;
  bool empty() const { return tags_.empty(); }

 private:
  std::vector<Tag> tags_;
  // By "system|code", numbers of tags.
  std::unordered_map<std::string, std::vector<size_t>> exact_;
  // System and beginning of the code.
  std::vector<std::pair<OrderCode, size_t>> prefixes_;
};

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_ORDERS_H_
