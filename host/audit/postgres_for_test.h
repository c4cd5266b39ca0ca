// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A PostgreSQL server of a test's own, in a temporary directory.
#ifndef CONDYLE_HOST_AUDIT_POSTGRES_FOR_TEST_H_
#define CONDYLE_HOST_AUDIT_POSTGRES_FOR_TEST_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace condyle {

// Needs initdb and postgres of the newest version under /usr/lib/postgresql. Started by root it runs as the user
// postgres, else nobody: the server refuses to be root. It ends with the process that started it, however that ends.
// Throws std::runtime_error, with the server's last words, if a step fails. Start it from a thread that lives as long
// as the server.
class PostgresServer {
 public:
  // settings: more lines of postgresql.conf, such as "fsync = off".
  explicit PostgresServer(std::vector<std::string> settings = {});
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Returns when it takes connections.
  void Start();
  // Ends it as its administrator would: connections are closed, what was committed is on the disk.
  void Stop();
  void Restart();
  // Kills it (SIGKILL), all of its processes: the next start recovers.
  void KillHard();
  // Ends the server's side of all connections, and nothing else.
  void Disconnect();

  // Restarts it with TLS. certificate, key: PEM; others replace them.
  void UseTls(const std::string& certificate, const std::string& key);

  // Of the role "condyle", who may do everything, over TCP on 127.0.0.1; database: must be there, "postgres" always is.
  std::string url(const std::string& database = "postgres") const;
  // The same over its Unix socket.
  std::string socket_url(const std::string& database = "postgres") const;
  // A new database; its name.
  std::string NewDatabase();
  int port() const { return port_; }
  const std::string& folder() const { return folder_; }

  // Runs SQL as the role "condyle", and gives back the first value; the server's words if it fails.
  std::string Execute(const std::string& sql, const std::string& database = "postgres") const;

 private:
  pid_t Spawn(std::vector<std::string> arguments) const;
  void End(int signal);
  std::string Log() const;

  const std::vector<std::string> settings_;
  std::string programs_;
  std::string folder_;
  int port_ = 0;
  pid_t pid_ = -1;
  int databases_ = 0;
};

// One for all tests of a program, so that they start fast.
PostgresServer& TestServer();

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_POSTGRES_FOR_TEST_H_
