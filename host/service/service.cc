// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Starts the parts in their order, waits for signals, and ends them in the opposite order.
#include "host/service/service.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/audit/token_store.h"
#include "host/cds_hooks/cds_hooks.h"
#include "host/fhir/service.h"
#include "host/fhir_client/http_fhir_reader.h"
#include "host/http/log.h"
#include "host/http/server.h"
#include "host/service/access.h"
#include "host/service/endpoints.h"
#include "host/service/figures.h"

namespace condyle::service {
namespace {

// The signals that the service minds, for all threads from here on.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  int Wait() const {
    int signal = 0;
    while (sigwait(&set_, &signal) != 0) {
    }
    return signal;
  }
  // Ends early if one comes: whoever sends another is in a hurry.
  void WaitAtMost(std::chrono::milliseconds time) const {
    const timespec most{time.count() / 1000, time.count() % 1000 * 1000000};
    if (time.count() > 0) sigtimedwait(&set_, nullptr, &most);
  }

 private:
  sigset_t set_;
};

LogOptions LogOptionsOf(const Config& config) {
  LogOptions options;
  const bool text = config.log == "text" || (config.log == "auto" && isatty(STDERR_FILENO) != 0);
  options.format = text ? LogFormat::kText : LogFormat::kJson;
  options.level = LogLevelNamed(config.log_level).value_or(LogLevel::kInfo);
  return options;
}

HttpServerOptions ServerOptionsOf(const Config& config) {
  HttpServerOptions options;
  options.listen.clear();
  for (const std::string& listen : config.listen) {
    const size_t colon = listen.rfind(':');
    std::string address = listen.substr(0, colon);
    if (address.front() == '[') address = address.substr(1, address.size() - 2);
    HttpEndpoint endpoint;
    endpoint.address = address;
    endpoint.port = static_cast<uint16_t>(std::stoi(listen.substr(colon + 1)));
    endpoint.tls = !config.tls_certificate.empty();
    options.listen.push_back(endpoint);
  }
  if (!config.tls_certificate.empty()) {
    options.tls = TlsFiles{config.tls_certificate, config.tls_key, config.tls_client_ca};
  }
  HttpLimits& limits = options.limits;
  limits.connections = config.connections;
  limits.header_bytes = config.max_header_bytes;
  limits.body_bytes = config.max_body_bytes;
  limits.queue = config.queue;
  limits.header = config.header_timeout;
  limits.body = config.body_timeout;
  limits.idle = config.idle_timeout;
  limits.write = config.write_timeout;
  limits.handler = config.request_timeout;
  options.io_threads = config.io_threads;
  options.pool_threads = config.threads;
  options.cors_origins = config.cors_origins;
  options.render_error = ErrorResponse;
  return options;
}

// Null, without an error, if no FHIR server may be read.
absl::StatusOr<std::unique_ptr<HttpClient>> MakeFhirClient(const Config& config) {
  HttpClientOptions options;
  options.ca_file = config.outgoing_ca;
  const auto add = [&](const char* name, const std::vector<std::string>& origins, bool is_private) {
    for (const std::string& origin : origins) {
      absl::StatusOr<HttpPeer> peer = ParseHttpPeer(origin);
      if (!peer.ok())
        return absl::InvalidArgumentError(
            absl::StrCat(name, " \"", origin, "\": ", std::string(peer.status().message())));
      peer->private_addresses = peer->private_addresses || is_private;
      options.peers.push_back(*std::move(peer));
    }
    return absl::OkStatus();
  };
  absl::Status added = add("--fhir-server", config.fhir_servers, false);
  if (added.ok()) added = add("--private-fhir-server", config.private_fhir_servers, true);
  if (!added.ok()) return added;
  if (options.peers.empty()) return std::unique_ptr<HttpClient>();
  return HttpClient::Create(std::move(options));
}

absl::StatusOr<CdsOptions> CdsOptionsOf(const Config& config) {
  CdsOptions options;
  options.hooks = config.hooks;
  options.organisation = config.organisation;
  options.intake_url = config.intake_url;
  options.question_budget = config.question_budget;
  options.source_url = config.source_url;
  if (!config.order_codes.empty()) {
    absl::StatusOr<std::vector<v1::OrderTag>> tags = ReadOrderTags(config.order_codes);
    if (!tags.ok()) return tags.status();
    options.order_tags = *std::move(tags);
  }
  return options;
}

class Running {
 public:
  Running(Config config, std::string store)
      : config_(std::move(config)), store_(std::move(store)), log_(LogOptionsOf(config_)) {}

  absl::Status Start(const std::function<absl::StatusOr<std::unique_ptr<Host>>()>& open_host) {
    absl::StatusOr<CdsOptions> cds_options = CdsOptionsOf(config_);
    if (!cds_options.ok()) return cds_options.status();
    absl::StatusOr<std::unique_ptr<HttpClient>> client = MakeFhirClient(config_);
    if (!client.ok()) return client.status();
    if (*client) {
      fhir_client_ = *std::move(client);
      reader_.emplace(*fhir_client_);
    }
    absl::StatusOr<std::unique_ptr<Host>> host = open_host();
    if (!host.ok()) return host.status();
    host_ = *std::move(host);
    absl::StatusOr<std::unique_ptr<CdsHooks>> cds =
        CdsHooks::Make(*host_, *std::move(cds_options), reader_ ? &*reader_ : nullptr);
    if (!cds.ok()) return cds.status();
    cds_ = *std::move(cds);
    absl::StatusOr<std::unique_ptr<UsedTokens>> used = MakeUsedTokens();
    if (!used.ok()) return used.status();
    used_ = *std::move(used);
    return Listen();
  }

  // Reads certificates and clients again.
  void Reload() {
    const absl::Status clients = access_->Reload();
    const absl::Status certificates =
        config_.tls_certificate.empty() ? absl::OkStatus() : server_->ReloadCertificates();
    for (const absl::Status& status : {clients, certificates}) {
      if (!status.ok()) {
        log_.Log(LogLevel::kError, "reloading failed; what was there stays in force",
                 {{"why", std::string_view(status.message().data(), status.message().size())}});
      }
    }
    if (clients.ok() && certificates.ok()) log_.Log(LogLevel::kInfo, "clients and certificates were read again");
  }

  // Requests that were broken off.
  size_t End(int signal, const Signals& signals) {
    log_.Log(LogLevel::kInfo, "ending: what is under way is answered", {{"signal", int64_t{signal}}});
    draining_ = true;
    signals.WaitAtMost(config_.drain_notice);
    const size_t broken_off = server_->Drain(config_.drain_timeout);
    log_.Log(broken_off == 0 ? LogLevel::kInfo : LogLevel::kError, "ended",
             {{"requests_broken_off", static_cast<int64_t>(broken_off)}});
    server_.reset();
    return broken_off;
  }

 private:
  absl::StatusOr<std::unique_ptr<UsedTokens>> MakeUsedTokens() {
    if (config_.clients.empty() || store_.empty()) return std::make_unique<MemoryUsedTokens>();
    // An SQLite file of its own; in PostgreSQL a schema beside the trail's, for all replicas.
    return OpenTokenStore(store_.rfind("sqlite:", 0) == 0 ? store_ + ".tokens" : store_);
  }

  absl::Status Listen() {
    const std::string url = PublicUrl(config_);
    absl::StatusOr<std::unique_ptr<Access>> access = Access::Make(config_, url, *used_);
    if (!access.ok()) return access.status();
    access_ = *std::move(access);
    fhir_.emplace(*host_, FhirOptions{url + "/fhir", config_.ai_label});
    figures_.emplace(registry_, *host_);
    endpoints_.emplace(Parts{config_, url, *host_, *cds_, *fhir_, *access_, registry_, *figures_, log_, draining_});
    absl::StatusOr<Router> router = MakeRouter(endpoints_->list());
    if (!router.ok()) return router.status();
    absl::StatusOr<std::unique_ptr<HttpServer>> server =
        HttpServer::Start(ServerOptionsOf(config_), *std::move(router), &log_, &registry_);
    if (!server.ok()) return server.status();
    server_ = *std::move(server);
    Announce(url);
    return absl::OkStatus();
  }

  void Announce(const std::string& url) {
    for (const v1::PluginFailure& failure : host_->LoadFailures()) {
      log_.Log(LogLevel::kError, "a plugin is left out; what it guards is held in every answer",
               {{"plugin", failure.plugin_id()}, {"file", failure.file()}, {"why", failure.message()}});
    }
    if (!access_->guarded() && config_.tls_client_ca.empty()) {
      log_.Log(LogLevel::kWarning, "whoever can reach the service is answered: no clients are configured",
               {{"what_to_do", "--clients FILE"}});
    }
    if (store_.empty()) log_.Log(LogLevel::kWarning, "nothing is recorded: --store none");
    log_.Log(LogLevel::kInfo, "ready",
             {{"url", url},
              {"port", int64_t{server_->port()}},
              {"discovery", url + "/cds-services"},
              {"plugins", static_cast<int64_t>(host_->Manifests().size())},
              {"version", HostVersion()}});
  }

  const Config config_;
  const std::string store_;
  Logger log_;
  prometheus::Registry registry_;
  std::atomic<bool> draining_{false};
  std::unique_ptr<HttpClient> fhir_client_;
  std::optional<HttpFhirReader> reader_;
  std::unique_ptr<Host> host_;
  std::unique_ptr<CdsHooks> cds_;
  std::optional<FhirService> fhir_;
  std::unique_ptr<UsedTokens> used_;
  std::unique_ptr<Access> access_;
  std::optional<Figures> figures_;
  std::optional<Endpoints> endpoints_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace

int Run(const Config& config, const std::string& store,
        const std::function<absl::StatusOr<std::unique_ptr<Host>>()>& open_host) {
  const Signals signals;
  Config settled = config;
  absl::Status status = ChoosePorts(&settled);
  Running running(std::move(settled), store);
  if (status.ok()) status = running.Start(open_host);
  if (!status.ok()) {
    std::cerr << "condyle: the service cannot start: " << status.message() << "\n";
    return 1;
  }
  for (;;) {
    const int signal = signals.Wait();
    if (signal != SIGHUP) return running.End(signal, signals) == 0 ? 0 : 1;
    running.Reload();
  }
}

}  // namespace condyle::service
