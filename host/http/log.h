// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A log of one line per event, JSON for machines or text for people, that never holds up those who write to it.
#ifndef CONDYLE_HOST_HTTP_LOG_H_
#define CONDYLE_HOST_HTTP_LOG_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

namespace condyle {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kJson, kText };

// "debug", "info", "warning", "error".
std::string_view NameOf(LogLevel level);
std::optional<LogLevel> LogLevelNamed(std::string_view name);

// Must not hold patient data: no ids, no paths or queries as they were sent, no bodies.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, int64_t, double, bool> value;
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kJson;
  // Written to; not closed.
  int fd = 2;
  // Bytes that may wait for a reader that is slow; what comes beyond is dropped and counted.
  size_t max_waiting = size_t{4} << 20;
  // How long the destructor tries to write what waits.
  std::chrono::milliseconds last_words{2000};
};

// Thread-safe. Lines are made by the caller's thread and written by one of its own.
class Logger {
 public:
  explicit Logger(LogOptions options);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  bool Wants(LogLevel level) const { return level >= options_.level; }

  // {"ts":"2026-01-31T12:00:00.000Z","level":"info","msg":MESSAGE,FIELDS...}. Names must be plain.
  void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

  // Lines lost so far.
  uint64_t dropped() const;
  // Waits until all that was logged before is written. For tests and the end of a program.
  bool Flush(std::chrono::milliseconds at_most);

 private:
  void Append(std::string line);
  void Write();
  // False: the descriptor takes no more, or not in time.
  bool WriteAll(std::string_view bytes);

  const LogOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable written_;
  std::string waiting_;
  bool writing_ = false;
  bool ending_ = false;
  std::chrono::steady_clock::time_point give_up_ = std::chrono::steady_clock::time_point::max();
  uint64_t dropped_ = 0;
  uint64_t told_ = 0;
  std::thread writer_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_LOG_H_
