// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Starts the program, finds its port in its log, and ends it.
#include "tests/end_to_end/support/service.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "tests/end_to_end/support/build_paths.h"

namespace condyle::tests {
namespace {

namespace json = boost::json;

bool Has(const std::vector<std::string>& arguments, const std::string& option) {
  return std::find(arguments.begin(), arguments.end(), option) != arguments.end();
}

pid_t Spawn(const std::vector<std::string>& arguments, const std::string& log) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  // Not the test's own: whoever waits for its end would wait for the service too.
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(arguments[0] + " cannot be started");
  return pid;
}

// Of the line that says that it is ready; 0 if there is none yet.
uint16_t PortIn(const std::string& log) {
  const size_t ready = log.find("\"msg\":\"ready\"");
  if (ready == std::string::npos) return 0;
  const size_t listens = log.find("\"port\":", ready);
  return listens == std::string::npos ? 0 : static_cast<uint16_t>(std::stoi(log.substr(listens + 7)));
}

}  // namespace

RunningService::RunningService(std::vector<std::string> arguments) {
  std::vector<std::string> all = {kCondyleProgram, "serve", "--log", "json"};
  if (!Has(arguments, "--listen") && !Has(arguments, "--config")) all.insert(all.end(), {"--listen", "127.0.0.1:0"});
  if (!Has(arguments, "--plugins")) all.insert(all.end(), {"--plugins", kPluginFolder});
  if (!Has(arguments, "--signatures")) all.insert(all.end(), {"--signatures", "off"});
  if (!Has(arguments, "--store")) all.insert(all.end(), {"--store", "sqlite:" + folder_.Path("store.db")});
  all.insert(all.end(), arguments.begin(), arguments.end());
  pid_ = Spawn(all, folder_.Path("log"));
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while ((port_ = PortIn(Log())) == 0) {
    int status = 0;
    const bool ended = waitpid(pid_, &status, WNOHANG) == pid_;
    if (ended) pid_ = -1;
    if (ended || std::chrono::steady_clock::now() > give_up) {
      throw std::runtime_error("the service did not come up: " + Log());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

RunningService::~RunningService() {
  if (pid_ > 0) End(SIGKILL);
}

std::string RunningService::Log() const { return ReadFile(folder_.Path("log")); }

void RunningService::Signal(int signal) const { kill(pid_, signal); }

int RunningService::End(int signal) {
  if (signal != 0) Signal(signal);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TestReply RunningService::Ask(const std::string& method, const std::string& path, const HttpHeaders& headers,
                              std::string_view body) const {
  std::string request = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  if (method == "POST") request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request += "\r\n";
  request += body;
  TestClient client(port_);
  std::optional<TestReply> reply = client.Ask(request);
  if (!reply) throw std::runtime_error("no answer to " + method + " " + path + "; the log: " + Log());
  return *std::move(reply);
}

TestReply RunningService::Get(const std::string& path, const HttpHeaders& headers) const {
  return Ask("GET", path, headers, "");
}

TestReply RunningService::Post(const std::string& path, std::string_view body, HttpHeaders headers) const {
  const auto is_type = [](const auto& header) { return header.first == "Content-Type"; };
  if (std::none_of(headers.begin(), headers.end(), is_type)) headers.emplace_back("Content-Type", "application/json");
  return Ask("POST", path, headers, body);
}

HookRequest MakeHookRequest(const std::string& discovery, const std::string& hook, const std::string& bundle) {
  const json::value services = json::parse(discovery);
  const json::value record = json::parse(bundle);
  for (const json::value& service : services.at("services").as_array()) {
    if (service.at("hook").as_string() != hook) continue;
    json::object prefetch;
    bool observations_given = false;
    for (const auto& [key, value] : service.at("prefetch").as_object()) {
      const std::string text(value.as_string());
      const bool search = text.find('?') != std::string::npos;
      const std::string type = text.substr(0, text.find_first_of("/?"));
      json::array entries;
      for (const json::value& entry : record.at("entry").as_array()) {
        const json::value& resource = entry.at("resource");
        if (resource.at("resourceType").as_string() != type) continue;
        if (!search) {
          prefetch[key] = resource;
        } else if (type != "Observation" || !observations_given) {
          entries.push_back(json::object{{"resource", resource}});
        }
      }
      if (!search) {
        if (!prefetch.contains(key)) prefetch[key] = nullptr;
        continue;
      }
      if (type == "Observation") observations_given = true;
      json::object found{{"resourceType", "Bundle"}, {"type", "searchset"}};
      if (!entries.empty()) found["entry"] = entries;
      prefetch[key] = found;
    }
    json::object patient;
    for (const json::value& entry : record.at("entry").as_array()) {
      if (entry.at("resource").at("resourceType").as_string() == "Patient") patient = entry.at("resource").as_object();
    }
    json::object context{{"userId", "Practitioner/7"}, {"patientId", patient.at("id")}};
    if (hook == "encounter-start") context["encounterId"] = "enc";
    const json::object body{{"hook", hook},
                            {"hookInstance", "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"},
                            {"context", context},
                            {"prefetch", prefetch}};
    return {std::string(service.at("id").as_string()), json::serialize(body)};
  }
  throw std::runtime_error("there is no service for " + hook);
}

}  // namespace condyle::tests
