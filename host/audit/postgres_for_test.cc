// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// initdb once, then a postmaster as a child.
#include "host/audit/postgres_for_test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

namespace condyle {
namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kBetweenLooks = std::chrono::milliseconds(10);

std::string FindPrograms() {
  int newest = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    if (fs::exists(entry.path() / "bin/initdb")) newest = std::max(newest, std::atoi(entry.path().filename().c_str()));
  }
  if (newest == 0) throw std::runtime_error("no PostgreSQL server under /usr/lib/postgresql: install postgresql");
  return "/usr/lib/postgresql/" + std::to_string(newest) + "/bin/";
}

const passwd* ServerUser() {
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* user = getpwnam(name)) return user;
  }
  throw std::runtime_error("there is neither a user postgres nor nobody");
}

// Free now; who takes it meanwhile makes the start fail, and another is tried.
int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool bound = bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(listener);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

bool Ended(pid_t pid) {
  const pid_t waited = waitpid(pid, nullptr, WNOHANG);
  return waited == pid || (waited < 0 && errno == ECHILD);
}

// Children of the postmaster, which outlive its SIGKILL for a moment.
std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::vector<pid_t> children;
  std::ifstream list("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  for (pid_t child = 0; list >> child;) children.push_back(child);
  return children;
}

}  // namespace

PostgresServer::PostgresServer(std::vector<std::string> settings)
    : settings_(std::move(settings)), programs_(FindPrograms()) {
  std::string folder = (fs::temp_directory_path() / "condyle_pg_XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error(folder + " cannot be made");
  folder_ = folder;
  if (geteuid() == 0) {
    const passwd* user = ServerUser();
    if (chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown " + folder);
  }
  int status = -1;
  const pid_t initdb = Spawn({programs_ + "initdb", "-D", folder_ + "/data", "-U", "condyle", "-A", "trust", "-E",
                              "UTF8", "--locale=C", "--no-sync", "--no-instructions"});
  if (waitpid(initdb, &status, 0) != initdb || status != 0) throw std::runtime_error("initdb fails: " + Log());
  std::ofstream config(folder_ + "/data/postgresql.conf", std::ios::app);
  for (const std::string& line : settings_) config << line << "\n";
  config.close();
  Start();
}

PostgresServer::~PostgresServer() {
  if (pid_ > 0) End(SIGQUIT);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

pid_t PostgresServer::Spawn(std::vector<std::string> arguments) const {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const std::string log = folder_ + "/log";
  const passwd* const user = geteuid() == 0 ? ServerUser() : nullptr;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int in = open("/dev/null", O_RDONLY);
  if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(126);
  closefrom(3);
  if (user != nullptr && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) {
    _exit(126);
  }
  if (chdir(folder_.c_str()) != 0 || prctl(PR_SET_PDEATHSIG, SIGQUIT) != 0 || getppid() != parent) _exit(126);
  execv(pointers[0], pointers.data());
  _exit(127);
}

void PostgresServer::Start() {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  const bool had_port = port_ != 0;
  while (std::chrono::steady_clock::now() < until) {
    if (!had_port) port_ = FreePort();
    pid_ = Spawn({programs_ + "postgres", "-D", folder_ + "/data", "-k", folder_, "-p", std::to_string(port_), "-c",
                  "listen_addresses=127.0.0.1"});
    while (!Ended(pid_)) {
      if (PQping(socket_url().c_str()) == PQPING_OK) return;
      if (std::chrono::steady_clock::now() > until) {
        End(SIGKILL);
        throw std::runtime_error("the server does not take connections: " + Log());
      }
      std::this_thread::sleep_for(kBetweenLooks);
    }
    // The port was taken, or the processes of one that was killed have not ended yet.
    pid_ = -1;
    std::this_thread::sleep_for(kBetweenLooks);
  }
  throw std::runtime_error("the server does not start: " + Log());
}

void PostgresServer::End(int signal) {
  const std::vector<pid_t> children = ChildrenOf(pid_);
  kill(pid_, signal);
  if (signal == SIGKILL) {
    for (const pid_t child : children) kill(child, SIGKILL);
  }
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void PostgresServer::Stop() { End(SIGINT); }

void PostgresServer::Restart() {
  Stop();
  Start();
}

void PostgresServer::KillHard() { End(SIGKILL); }

void PostgresServer::Disconnect() {
  Execute(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = "
      "'client backend'");
}

void PostgresServer::UseTls(const std::string& certificate, const std::string& key) {
  const std::string data = folder_ + "/data/";
  const passwd* const user = geteuid() == 0 ? ServerUser() : nullptr;
  for (const auto& [name, pem] : {std::pair("server.crt", certificate), std::pair("server.key", key)}) {
    std::ofstream(data + name) << pem;
    fs::permissions(data + name, fs::perms::owner_read | fs::perms::owner_write);
    if (user != nullptr && chown((data + name).c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("chown " + data + name);
    }
  }
  std::ofstream(data + "postgresql.conf", std::ios::app) << "ssl = on\n";
  Restart();
}

std::string PostgresServer::url(const std::string& database) const {
  return "postgresql://condyle@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

std::string PostgresServer::socket_url(const std::string& database) const {
  return "postgresql:///" + database + "?user=condyle&host=" + folder_ + "&port=" + std::to_string(port_);
}

std::string PostgresServer::NewDatabase() {
  std::string name = "store_" + std::to_string(++databases_);
  const std::string words = Execute("CREATE DATABASE " + name);
  if (!words.empty()) throw std::runtime_error("CREATE DATABASE: " + words);
  return name;
}

std::string PostgresServer::Execute(const std::string& sql, const std::string& database) const {
  PGconn* const connection = PQconnectdb(socket_url(database).c_str());
  PGresult* const result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  std::string words;
  if (status == PGRES_TUPLES_OK) {
    if (PQntuples(result) > 0) words = PQgetvalue(result, 0, 0);
  } else if (status != PGRES_COMMAND_OK) {
    words = PQerrorMessage(connection);
  }
  PQclear(result);
  PQfinish(connection);
  return words;
}

PostgresServer& TestServer() {
  static PostgresServer server;
  return server;
}

std::string PostgresServer::Log() const {
  std::ifstream file(folder_ + "/log");
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  return all.size() > 2000 ? all.substr(all.size() - 2000) : all;
}

}  // namespace condyle
