// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Pages of other origins that may call this server from a browser (CORS, Fetch standard).
#ifndef CONDYLE_HOST_HTTP_CORS_H_
#define CONDYLE_HOST_HTTP_CORS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "host/http/message.h"

namespace condyle {

// Which origins; without cookies and client certificates (Access-Control-Allow-Credentials is never sent), so that a
// page can do no more with the browser of a user than without. Thread-safe.
class Cors {
 public:
  // "https://ehr.example", compared as they are; {"*"}: any. Empty: none.
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  // Error: an origin that no browser would send.
  absl::Status Check() const;

  // Adds to the answer of a route for other origins what its request asks for.
  void AddTo(const HttpRequest& request, HttpResponse* response) const;

  // The answer to OPTIONS; allow: methods of the path. cors: whether the path is for other origins.
  HttpResponse Options(const HttpRequest& request, std::string_view allow, bool cors) const;

 private:
  bool any() const { return origins_.size() == 1 && origins_.front() == "*"; }
  bool Allows(std::string_view origin) const;

  std::vector<std::string> origins_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_CORS_H_
