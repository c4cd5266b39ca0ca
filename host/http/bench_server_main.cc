// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Serves fixed answers for wrk until standard input ends: /light on the thread of the sockets, /pool through the pool.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "host/http/log.h"
#include "host/http/metrics.h"
#include "host/http/server.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs(
        "usage: condyle_http_bench_server IO_THREADS POOL_THREADS\nPrints its port; serves until standard input "
        "ends.\n",
        stderr);
    return 2;
  }
  condyle::HttpServerOptions options;
  options.io_threads = std::strtoul(argv[1], nullptr, 10);
  options.pool_threads = std::strtoul(argv[2], nullptr, 10);
  condyle::Router router;
  const auto answer = [](const condyle::HttpRequest&) {
    condyle::HttpResponse response;
    response.content_type = "text/plain";
    response.body = "ok\n";
    return response;
  };
  if (!router.Add("GET", "/light", answer, {.light = true}).ok() || !router.Add("GET", "/pool", answer).ok() ||
      !router.Add("POST", "/pool", answer).ok()) {
    return 1;
  }
  prometheus::Registry registry;
  condyle::Logger logger({.level = condyle::LogLevel::kInfo});
  auto server = condyle::HttpServer::Start(options, std::move(router), &logger, &registry);
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", std::string(server.status().message()).c_str());
    return 1;
  }
  std::printf("%u\n", (*server)->port());
  std::fflush(stdout);
  for (char byte = 0; read(STDIN_FILENO, &byte, 1) > 0;) {
  }
  (*server)->Drain(std::chrono::seconds(5));
  return 0;
}
