// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A limited number of connections that threads take in turns.
#ifndef CONDYLE_HOST_AUDIT_POSTGRES_POOL_H_
#define CONDYLE_HOST_AUDIT_POSTGRES_POOL_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/audit/postgres_connection.h"

namespace condyle {

// Thread-safe. Must outlive what was taken from it.
class PostgresPool {
 public:
  PostgresPool(PostgresPlace place, PostgresSession session, size_t most)
      : place_(std::move(place)), session_(session), free_(most) {}

  // A connection, for as long as it lives.
  class Taken {
   public:
    Taken(PostgresPool* pool, std::unique_ptr<PostgresConnection> connection, bool is_new)
        : pool_(pool), connection_(std::move(connection)), is_new_(is_new) {}
    ~Taken() {
      if (pool_ != nullptr) pool_->GiveBack(std::move(connection_));
    }
    Taken(Taken&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          connection_(std::move(other.connection_)),
          is_new_(other.is_new_) {}
    Taken& operator=(Taken&&) = delete;

    PostgresConnection& operator*() const { return *connection_; }
    PostgresConnection* operator->() const { return connection_.get(); }
    // Not used before: what fails on one that was may be due to its age.
    bool is_new() const { return is_new_; }

   private:
    PostgresPool* pool_;
    std::unique_ptr<PostgresConnection> connection_;
    bool is_new_;
  };

  // Waits for one to be free, as long as the session's patience. Errors: Unavailable, and those of
  // PostgresConnection::Open.
  absl::StatusOr<Taken> Take() {
    std::unique_lock lock(mutex_);
    if (!given_back_.wait_for(lock, session_.patience, [this] { return free_ > 0; })) {
      return absl::UnavailableError(absl::StrCat(place_.shown, ": all connections of this process are in use"));
    }
    --free_;
    if (!idle_.empty()) {
      std::unique_ptr<PostgresConnection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Taken(this, std::move(connection), false);
    }
    lock.unlock();
    absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Open(place_, session_);
    if (connection.ok()) return Taken(this, *std::move(connection), true);
    GiveBack(nullptr);
    return connection.status();
  }

  // Closes those that nobody uses: after a restart of the server all of them are of no use.
  void Forget() {
    std::vector<std::unique_ptr<PostgresConnection>> idle;
    const std::lock_guard lock(mutex_);
    idle.swap(idle_);
  }

 private:
  void GiveBack(std::unique_ptr<PostgresConnection> connection) {
    if (connection) connection->RollBack(PostgresConnection::Clock::now() + session_.statement);
    const std::lock_guard lock(mutex_);
    ++free_;
    if (connection && connection->usable()) idle_.push_back(std::move(connection));
    given_back_.notify_one();
  }

  const PostgresPlace place_;
  const PostgresSession session_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  size_t free_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_POSTGRES_POOL_H_
