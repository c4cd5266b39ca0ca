// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Log lines, and the thread that writes them.
#include "host/http/log.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warning", "error"};
// Of one text in a line: what strangers can choose must not fill the disk.
constexpr size_t kMostText = 512;

// RFC 3339 with milliseconds, UTC.
void AppendNow(std::string* line) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  std::tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  std::array<char, 40> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
  constexpr int64_t kNanosPerMilli = 1'000'000;
  const std::string millis = std::to_string(1000 + now.tv_nsec / kNanosPerMilli);
  line->append(text.data(), size).append(millis, 1).append("Z");
}

void AppendQuoted(std::string_view text, std::string* line) {
  line->push_back('"');
  // JSON knows no \x1b; Showable's backslash is escaped with the others.
  for (const char c : Showable(text, kMostText)) {
    if (c == '"' || c == '\\') line->push_back('\\');
    line->push_back(c);
  }
  line->push_back('"');
}

void AppendNumber(double number, std::string* line) {
  std::array<char, 32> digits{};
  // What JSON has no number for.
  if (!std::isfinite(number)) {
    line->append("null");
    return;
  }
  const int size = std::snprintf(digits.data(), digits.size(), "%.6g", number);
  line->append(digits.data(), static_cast<size_t>(size));
}

void AppendField(const LogField& field, std::string* line) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) return AppendQuoted(*text, line);
  if (const auto* whole = std::get_if<int64_t>(&field.value)) {
    line->append(std::to_string(*whole));
  } else if (const auto* number = std::get_if<double>(&field.value)) {
    AppendNumber(*number, line);
  } else {
    line->append(std::get<bool>(field.value) ? "true" : "false");
  }
}

std::string JsonLine(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  std::string line = "{\"ts\":\"";
  AppendNow(&line);
  line.append("\",\"level\":\"").append(NameOf(level)).append("\",\"msg\":");
  AppendQuoted(message, &line);
  for (const LogField& field : fields) {
    line.append(",\"").append(field.name).append("\":");
    AppendField(field, &line);
  }
  line.append("}\n");
  return line;
}

std::string TextLine(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  std::string line;
  AppendNow(&line);
  line.append(" ").append(NameOf(level)).append(" ").append(Showable(message, kMostText));
  for (const LogField& field : fields) {
    line.append(" ").append(field.name).append("=");
    AppendField(field, &line);
  }
  line.append("\n");
  return line;
}

}  // namespace

std::string_view NameOf(LogLevel level) { return kLevelNames.at(static_cast<size_t>(level)); }

std::optional<LogLevel> LogLevelNamed(std::string_view name) {
  for (size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames.at(i) == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

Logger::Logger(LogOptions options) : options_(options), writer_([this] { Write(); }) {}

Logger::~Logger() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    give_up_ = steady_clock::now() + options_.last_words;
  }
  wake_.notify_one();
  writer_.join();
}

void Logger::Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!Wants(level)) return;
  Append(options_.format == LogFormat::kJson ? JsonLine(level, message, fields) : TextLine(level, message, fields));
}

void Logger::Append(std::string line) {
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() + line.size() > options_.max_waiting) {
      ++dropped_;
      return;
    }
    first = waiting_.empty() && !writing_;
    waiting_ += line;
  }
  if (first) wake_.notify_one();
}

uint64_t Logger::dropped() const {
  std::lock_guard lock(mutex_);
  return dropped_;
}

bool Logger::Flush(milliseconds at_most) {
  std::unique_lock lock(mutex_);
  return written_.wait_for(lock, at_most, [&] { return waiting_.empty() && !writing_; });
}

void Logger::Write() {
  // A reader that has gone (SIGPIPE) must not end the program, and other signals are for other threads.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  std::unique_lock lock(mutex_);
  std::string batch;
  for (;;) {
    wake_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    batch.clear();
    std::swap(batch, waiting_);
    writing_ = true;
    const uint64_t lost = dropped_ - std::exchange(told_, dropped_);
    lock.unlock();
    bool more = WriteAll(batch);
    if (lost > 0 && more) {
      const LogField count{"lines", static_cast<int64_t>(lost)};
      more = WriteAll(options_.format == LogFormat::kJson
                          ? JsonLine(LogLevel::kWarning, "log lines were dropped", {count})
                          : TextLine(LogLevel::kWarning, "log lines were dropped", {count}));
    }
    lock.lock();
    writing_ = false;
    written_.notify_all();
    if (!more && ending_) return;
  }
}

bool Logger::WriteAll(std::string_view bytes) {
  constexpr int kLookAgain = 50;  // ms; how soon the end of the program is noticed while the reader sleeps
  while (!bytes.empty()) {
    {
      std::lock_guard lock(mutex_);
      if (ending_ && steady_clock::now() >= give_up_) return false;
    }
    pollfd ready{options_.fd, POLLOUT, 0};
    if (poll(&ready, 1, kLookAgain) <= 0) continue;
    // A pipe that poll calls writable takes PIPE_BUF bytes without blocking.
    constexpr size_t kPiece = 4096;
    const ssize_t wrote = write(options_.fd, bytes.data(), std::min(bytes.size(), kPiece));
    if (wrote < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (wrote > 0) bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return true;
}

}  // namespace condyle
