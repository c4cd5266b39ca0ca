// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the service is told when it starts, and which combinations it refuses.
#ifndef CONDYLE_HOST_SERVICE_CONFIG_H_
#define CONDYLE_HOST_SERVICE_CONFIG_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace condyle::service {

// As the options of `condyle serve`, which say what each is for; the defaults are theirs.
struct Config {
  // ADDRESS:PORT each; "[::1]:8080" for IPv6. Port 0: any.
  std::vector<std::string> listen = {"127.0.0.1:8080"};
  // How clients reach the service, without a slash at the end. Empty: from `listen`.
  std::string public_url;

  // PEM files. Empty: plain HTTP.
  std::string tls_certificate;
  std::string tls_key;
  // Clients must have a certificate of one of these authorities. Empty: they need none.
  std::string tls_client_ca;
  // A proxy before the service ends TLS; so plain HTTP may be spoken on other addresses than loopback.
  bool behind_proxy = false;

  // File of the CDS clients that are trusted (docs/ehr/authentication.md). Empty: none is asked who it is.
  std::string clients;
  // Answers whoever asks, also on other addresses than loopback.
  bool anonymous = false;
  // Origins of browsers' pages that may call.
  std::vector<std::string> cors_origins;

  // FHIR servers that are read from: "https://ehr.example[:PORT]". Those of the second list may have private addresses.
  std::vector<std::string> fhir_servers;
  std::vector<std::string> private_fhir_servers;
  // Further certificate authorities for these and for clients' keys, PEM.
  std::string outgoing_ca;

  // Page about the service, for cards. May be empty.
  std::string source_url;
  // Who runs the service, for titles. May be empty.
  std::string organisation;
  // Address of the intake page, for links from cards. Empty: no such links.
  std::string intake_url;
  // Hooks that are offered; empty: all.
  std::vector<std::string> hooks;
  // Further codes of orders (docs/ehr/cds-hooks.md).
  std::string order_codes;
  std::chrono::milliseconds question_budget{0};
  // Labels FHIR resources as asserted by an algorithm.
  bool ai_label = false;

  size_t max_body_bytes = size_t{4} << 20;
  size_t max_header_bytes = size_t{16} << 10;
  std::chrono::milliseconds header_timeout{10000};
  std::chrono::milliseconds body_timeout{30000};
  std::chrono::milliseconds idle_timeout{60000};
  std::chrono::milliseconds write_timeout{30000};
  // From the request to its answer, reading from the client's FHIR server included.
  std::chrono::milliseconds request_timeout{10000};
  // Between /readyz saying that it ends and no connection being taken any more.
  std::chrono::milliseconds drain_notice{0};
  std::chrono::milliseconds drain_timeout{20000};
  size_t connections = 1024;
  // Requests that wait for a thread.
  size_t queue = 256;
  // 0: one for each processor.
  size_t io_threads = 0;
  // Most of them wait for the disk of the audit trail. 0: 64 with one, else two for each processor.
  size_t threads = 0;

  // "json", "text", or "auto": text on a terminal.
  std::string log = "auto";
  // "debug", "info", "warning" or "error".
  std::string log_level = "info";
};

// What is wrong with it, naming the options and what to do; empty if nothing is.
std::string FindFault(const Config& config);

// Whether ADDRESS:PORT can be reached from this machine only.
bool IsLoopback(const std::string& listen);

// Gives the addresses with port 0 one that is free. An error if an address is none of this machine's.
absl::Status ChoosePorts(Config* config);

// `public_url`, else of the first address.
std::string PublicUrl(const Config& config);

}  // namespace condyle::service

#endif  // CONDYLE_HOST_SERVICE_CONFIG_H_
