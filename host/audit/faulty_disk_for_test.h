// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A disk that fails when a test says so, and that knows what would be left of its files if the power were cut now.
#ifndef CONDYLE_HOST_AUDIT_FAULTY_DISK_FOR_TEST_H_
#define CONDYLE_HOST_AUDIT_FAULTY_DISK_FOR_TEST_H_

#include <sqlite3.h>
#include <sys/types.h>

#include <map>
#include <mutex>
#include <string>

namespace condyle {

// While it lives, all databases that this process opens lie on it. One at a time; it must outlive them.
class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  // So many writes and syncs succeed from now on, then all fail with this code (SQLITE_FULL, SQLITE_IOERR_WRITE, ...),
  // each failing write after half of its bytes.
  void FailAfter(int operations, int code);
  void Heal() { FailAfter(-1, SQLITE_OK); }
  // Writes and syncs since the last FailAfter.
  int operations();
  // Writes what has been synced of every file of a folder into another: all that a power cut is sure to leave.
  void WriteDurable(const std::string& folder, const std::string& into);

  // For the file methods: SQLITE_OK, or with what the operation fails.
  int Operation();
  // What the system would say of the failure; 0 if nothing fails.
  int SystemError();
  // What is on the disk of this file now.
  void Synced(const std::string& path, std::string bytes);
  // It is about to be.
  void Deleted(const std::string& path);

 private:
  std::mutex mutex_;
  int left_ = -1;
  int code_ = SQLITE_OK;
  int operations_ = 0;
  std::map<ino_t, std::string> durable_;  // whatever the name of the file
};

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_FAULTY_DISK_FOR_TEST_H_
