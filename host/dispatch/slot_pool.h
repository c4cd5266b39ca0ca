// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A fixed number of slots that rounds take turns to use.
#ifndef CONDYLE_HOST_DISPATCH_SLOT_POOL_H_
#define CONDYLE_HOST_DISPATCH_SLOT_POOL_H_

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace condyle {

// Thread-safe. The slot that was given back last is lent first, so that few rounds keep few slots warm.
template <typename Slot>
class SlotPool {
 public:
  // Gives the slot back when it goes.
  class Lease {
   public:
    Lease(SlotPool* pool, Slot* slot) : pool_(pool), slot_(slot) {}
    ~Lease() {
      if (pool_ != nullptr) pool_->GiveBack(slot_);
    }
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), slot_(other.slot_) {}
    Lease& operator=(Lease&&) = delete;
    Slot& operator*() const { return *slot_; }
    Slot* operator->() const { return slot_; }

   private:
    SlotPool* pool_;
    Slot* const slot_;
  };

  explicit SlotPool(std::vector<std::unique_ptr<Slot>> slots) : slots_(std::move(slots)) {
    for (auto slot = slots_.rbegin(); slot != slots_.rend(); ++slot) free_.push_back(slot->get());
  }

  // Waits until a slot is free; null if none is until the end, or a stop is requested first.
  std::optional<Lease> Take(std::chrono::steady_clock::time_point end, const std::stop_token& cancel) {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto is_free = [this] { return !free_.empty(); };
    // Without an end: the farthest time point is more than some clocks can count.
    const bool taken = end == std::chrono::steady_clock::time_point::max()
                           ? given_back_.wait(lock, cancel, is_free)
                           : given_back_.wait_until(lock, cancel, end, is_free);
    if (!taken) return std::nullopt;
    Slot* slot = free_.back();
    free_.pop_back();
    return std::optional<Lease>(std::in_place, this, slot);
  }

  // All slots, lent or not.
  const std::vector<std::unique_ptr<Slot>>& slots() const { return slots_; }

 private:
  void GiveBack(Slot* slot) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      free_.push_back(slot);
    }
    given_back_.notify_one();
  }

  const std::vector<std::unique_ptr<Slot>> slots_;
  std::mutex mutex_;
  std::condition_variable_any given_back_;
  std::vector<Slot*> free_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_DISPATCH_SLOT_POOL_H_
