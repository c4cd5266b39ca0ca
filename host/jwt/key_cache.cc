// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// When a JWK set is read again.
#include "host/jwt/key_cache.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace condyle {
namespace {

// Keys of no use, in a message.
constexpr size_t kMostNamed = 5;

bool Has(const std::shared_ptr<const JwkSet>& set, std::string_view kid) { return set && set->keys.contains(kid); }

}  // namespace

KeyLookup KeyCache::Find(const std::string& url, bool named, std::string_view kid) {
  std::unique_lock lock(mutex_);
  const EntryPtr entry = EntryFor(url, named, clock_());
  if (!entry)
    return {KeyLookup::State::kUnavailable, {}, "too many JWK sets were asked for that are allowed by a prefix"};
  while (true) {
    const absl::Time now = clock_();
    const bool usable = IsGood(*entry, now) && Has(entry->set, kid);
    if (!IsDue(*entry, Has(entry->set, kid), now)) {
      // Somebody's fetch may bring what this one lacks.
      if (usable || !entry->fetching) return Answer(url, *entry, kid, now);
      if (entry->waiting >= options_.most_waiting) {
        return {KeyLookup::State::kUnavailable, {}, absl::StrCat(url, ": is being read, and many wait for it already")};
      }
      ++entry->waiting;
      fetched_.wait(lock);
      --entry->waiting;
      continue;
    }
    Refresh(url, entry.get(), &lock);
  }
}

bool KeyCache::IsGood(const Entry& entry, absl::Time now) const {
  const absl::Duration age = now - entry.read_at;
  return entry.set != nullptr &&
         age < options_.max_age +
                   (entry.problem.empty() && !entry.fetching ? absl::ZeroDuration() : options_.stale_if_error);
}

bool KeyCache::IsDue(const Entry& entry, bool has_key, absl::Time now) const {
  if (entry.fetching) return false;
  if (!entry.problem.empty() && now - entry.tried_at < options_.retry_after) return false;
  if (entry.set == nullptr || now - entry.read_at >= options_.max_age) return true;
  return !has_key && now - entry.tried_at >= options_.unknown_kid_interval;
}

void KeyCache::Refresh(const std::string& url, Entry* entry, std::unique_lock<std::mutex>* lock) {
  entry->fetching = true;
  entry->tried_at = clock_();
  lock->unlock();
  const absl::StatusOr<std::string> text = fetch_(url);
  absl::StatusOr<JwkSet> set = text.ok() ? ParseJwks(*text) : absl::StatusOr<JwkSet>(text.status());
  lock->lock();
  entry->fetching = false;
  entry->problem.clear();
  if (set.ok()) {
    entry->set = std::make_shared<const JwkSet>(*std::move(set));
    entry->read_at = entry->tried_at;
  } else {
    entry->problem = std::string(set.status().message());
    if (entry->problem.empty()) entry->problem = "cannot be read";
  }
  fetched_.notify_all();
}

KeyLookup KeyCache::Answer(const std::string& url, const Entry& entry, std::string_view kid, absl::Time now) const {
  KeyLookup answer;
  if (!IsGood(entry, now)) {
    answer.problem = absl::StrCat(url, ": ", entry.problem);
    return answer;
  }
  const auto [begin, end] = entry.set->keys.equal_range(kid);
  for (auto at = begin; at != end; ++at) answer.keys.push_back(at->second);
  answer.state = answer.keys.empty() ? KeyLookup::State::kNoSuchKey : KeyLookup::State::kFound;
  if (answer.keys.empty()) {
    const std::vector<std::string>& unusable = entry.set->unusable;
    const auto shown = unusable.begin() + static_cast<std::ptrdiff_t>(std::min(unusable.size(), kMostNamed));
    answer.problem =
        absl::StrCat(url, ": has no such key", unusable.empty() ? "" : "; of no use are ",
                     absl::StrJoin(unusable.begin(), shown, "; "), shown == unusable.end() ? "" : " and others");
  }
  return answer;
}

KeyCache::EntryPtr KeyCache::EntryFor(const std::string& url, bool named, absl::Time now) {
  const auto found = entries_.find(url);
  if (found != entries_.end()) {
    found->second->wanted_at = now;
    return found->second;
  }
  if (!named && !MayBeAdded(now)) return nullptr;
  const EntryPtr entry = std::make_shared<Entry>();
  entry->named = named;
  entry->wanted_at = now;
  entries_.emplace(url, entry);
  if (!named) ++by_prefix_;
  return entry;
}

// Makes room by forgetting what was wanted longest ago, first of what could never be read.
bool KeyCache::MayBeAdded(absl::Time now) {
  if (now - minute_began_ >= absl::Minutes(1)) {
    minute_began_ = now;
    added_this_minute_ = 0;
  }
  if (added_this_minute_ >= options_.new_by_prefix_per_minute) return false;
  if (by_prefix_ >= options_.most_by_prefix) {
    auto oldest = entries_.end();
    const auto worth = [](const Entry& entry) { return std::pair(entry.set != nullptr, entry.wanted_at); };
    for (auto at = entries_.begin(); at != entries_.end(); ++at) {
      if (at->second->named || at->second->fetching) continue;
      if (oldest == entries_.end() || worth(*at->second) < worth(*oldest->second)) oldest = at;
    }
    if (oldest == entries_.end()) return false;
    entries_.erase(oldest);
    --by_prefix_;
  }
  ++added_this_minute_;
  return true;
}

KeyCache::Fetch FetchOver(HttpClient& client) {
  return [&client](const std::string& url) -> absl::StatusOr<std::string> {
    HttpGet get;
    get.url = url;
    get.headers = {{"accept", "application/jwk-set+json, application/json"}};
    HttpResult result = client.Get(std::move(get));
    if (result.outcome != HttpResult::Outcome::kReplied) return absl::UnavailableError(result.error);
    if (result.status != 200) return absl::UnavailableError(absl::StrCat("answers with status ", result.status));
    return std::move(result.body);
  };
}

}  // namespace condyle
