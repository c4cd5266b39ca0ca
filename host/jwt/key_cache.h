// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Keeps the JWK sets of clients, and asks for them again neither too late nor too often.
#ifndef CONDYLE_HOST_JWT_KEY_CACHE_H_
#define CONDYLE_HOST_JWT_KEY_CACHE_H_

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "host/http_client/client.h"
#include "host/jwt/key_source.h"

namespace condyle {

struct KeyCacheOptions {
  // A set is read again when it is older. A key that its owner withdrew is good for so long.
  absl::Duration max_age = absl::Minutes(10);
  // If it cannot be read again, the old one is good for so much longer.
  absl::Duration stale_if_error = absl::Hours(1);
  // After a failure.
  absl::Duration retry_after = absl::Seconds(10);
  // A key id that is not in the set makes it read again, at most this often: key ids are anybody's to invent.
  absl::Duration unknown_kid_interval = absl::Seconds(30);
  // Callers that wait for one fetch. More are told at once that the keys are not there: forged tokens must not hold up
  // every thread of a server.
  size_t most_waiting = 8;
  // Sets at URLs that are trusted by a prefix only: how many are kept, and how many new ones are read in a minute.
  size_t most_by_prefix = 200;
  size_t new_by_prefix_per_minute = 20;
};

// One fetch at a time for each URL; who needs its result waits for it, and who can do with what is there does not.
// Thread-safe.
class KeyCache : public KeySource {
 public:
  // Reads the text at a URL. Thread-safe; bounds its time and size itself.
  using Fetch = std::function<absl::StatusOr<std::string>(const std::string& url)>;
  using Clock = std::function<absl::Time()>;

  explicit KeyCache(Fetch fetch, KeyCacheOptions options = {}, Clock clock = absl::Now)
      : fetch_(std::move(fetch)), options_(options), clock_(std::move(clock)) {}

  KeyLookup Find(const std::string& url, bool named, std::string_view kid) override;

 private:
  struct Entry {
    std::shared_ptr<const JwkSet> set;  // null: never read
    absl::Time read_at = absl::InfinitePast();
    absl::Time tried_at = absl::InfinitePast();
    absl::Time wanted_at = absl::InfinitePast();
    std::string problem;  // of the last try; empty if it went well
    bool fetching = false;
    size_t waiting = 0;
    bool named = false;
  };
  using EntryPtr = std::shared_ptr<Entry>;

  // Null if there is no room for it now.
  EntryPtr EntryFor(const std::string& url, bool named, absl::Time now);
  bool MayBeAdded(absl::Time now);
  bool IsGood(const Entry& entry, absl::Time now) const;
  bool IsDue(const Entry& entry, bool has_key, absl::Time now) const;
  void Refresh(const std::string& url, Entry* entry, std::unique_lock<std::mutex>* lock);
  KeyLookup Answer(const std::string& url, const Entry& entry, std::string_view kid, absl::Time now) const;

  const Fetch fetch_;
  const KeyCacheOptions options_;
  const Clock clock_;
  std::mutex mutex_;  // not held while fetching
  std::condition_variable fetched_;
  std::map<std::string, EntryPtr, std::less<>> entries_;
  size_t by_prefix_ = 0;
  absl::Time minute_began_ = absl::InfinitePast();
  size_t added_this_minute_ = 0;
};

// Fetches over the client, which must outlive it and be allowed to ask (JwksPeers).
KeyCache::Fetch FetchOver(HttpClient& client);

}  // namespace condyle

#endif  // CONDYLE_HOST_JWT_KEY_CACHE_H_
