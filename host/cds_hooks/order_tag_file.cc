// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads a site's own codes of orders.
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "condyle/v1/pack.pb.h"
#include "host/catalog/manifest_check.h"
#include "host/cds_hooks/cds_hooks.h"

namespace condyle {
namespace {

class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    if (text_.empty()) text_ = absl::StrCat(line + 1, ":", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

absl::StatusOr<std::vector<v1::OrderTag>> ReadOrderTags(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::InvalidArgumentError(path + ": cannot be read");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  v1::Pack pack;
  FirstError errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  if (!parser.ParseFromString(text, &pack)) return absl::InvalidArgumentError(absl::StrCat(path, ":", errors.text()));
  v1::Pack rest = pack;
  rest.clear_order_tags();
  if (rest.ByteSizeLong() != 0) {
    return absl::InvalidArgumentError(path + ": has other fields than order_tags; leave them out");
  }
  for (int i = 0; i < pack.order_tags_size(); ++i) {
    const std::vector<std::string> faults = CheckOrderTag(pack.order_tags(i));
    if (!faults.empty()) return absl::InvalidArgumentError(absl::StrCat(path, ": order_tags[", i, "].", faults[0]));
  }
  return std::vector<v1::OrderTag>(pack.order_tags().begin(), pack.order_tags().end());
}

}  // namespace condyle
