// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// An SQLite VFS over the system's own.
#include "host/audit/faulty_disk_for_test.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

namespace condyle {
namespace {

FaultyDisk* disk = nullptr;
sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs vfs;

struct File {
  sqlite3_file base;
  std::string* path;
  sqlite3_file* real;
};

File* Self(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return Self(file)->real; }

// Through the same descriptor: to close another one of the same file would release all locks on it.
std::string Bytes(sqlite3_file* file) {
  sqlite3_int64 size = 0;
  file->pMethods->xFileSize(file, &size);
  std::string bytes(static_cast<size_t>(size), '\0');
  file->pMethods->xRead(file, bytes.data(), static_cast<int>(size), 0);
  return bytes;
}

int Close(sqlite3_file* file) {
  const int code = Real(file)->pMethods->xClose(Real(file));
  delete Self(file)->path;
  return code;
}
int Read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
  return Real(file)->pMethods->xRead(Real(file), to, bytes, at);
}
int Write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
  const int code = disk->Operation();
  if (code != SQLITE_OK) bytes /= 2;
  const int written = Real(file)->pMethods->xWrite(Real(file), from, bytes, at);
  return code != SQLITE_OK ? code : written;
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) { return Real(file)->pMethods->xTruncate(Real(file), size); }
int Sync(sqlite3_file* file, int flags) {
  if (disk->Operation() != SQLITE_OK) return SQLITE_IOERR_FSYNC;
  const int code = Real(file)->pMethods->xSync(Real(file), flags);
  if (code == SQLITE_OK) disk->Synced(*Self(file)->path, Bytes(Real(file)));
  return code;
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) { return Real(file)->pMethods->xFileSize(Real(file), size); }
int Lock(sqlite3_file* file, int level) { return Real(file)->pMethods->xLock(Real(file), level); }
int Unlock(sqlite3_file* file, int level) { return Real(file)->pMethods->xUnlock(Real(file), level); }
int CheckReserved(sqlite3_file* file, int* out) { return Real(file)->pMethods->xCheckReservedLock(Real(file), out); }
int Control(sqlite3_file* file, int op, void* arg) {
  if (op == SQLITE_FCNTL_LAST_ERRNO && disk->SystemError() != 0) {
    *static_cast<int*>(arg) = disk->SystemError();
    return SQLITE_OK;
  }
  return Real(file)->pMethods->xFileControl(Real(file), op, arg);
}
int SectorSize(sqlite3_file* file) { return Real(file)->pMethods->xSectorSize(Real(file)); }
int Characteristics(sqlite3_file* file) { return Real(file)->pMethods->xDeviceCharacteristics(Real(file)); }
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return Real(file)->pMethods->xShmMap(Real(file), page, size, extend, out);
}
int ShmLock(sqlite3_file* file, int offset, int n, int flags) {
  return Real(file)->pMethods->xShmLock(Real(file), offset, n, flags);
}
void ShmBarrier(sqlite3_file* file) { Real(file)->pMethods->xShmBarrier(Real(file)); }
int ShmUnmap(sqlite3_file* file, int remove) { return Real(file)->pMethods->xShmUnmap(Real(file), remove); }

constexpr sqlite3_io_methods kMethods = {
    2,        Close,         Read,    Write,      Truncate,        Sync,   FileSize, Lock,
    Unlock,   CheckReserved, Control, SectorSize, Characteristics, ShmMap, ShmLock,  ShmBarrier,
    ShmUnmap, nullptr,       nullptr};

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  File* self = Self(file);
  self->base.pMethods = nullptr;
  self->real = reinterpret_cast<sqlite3_file*>(self + 1);
  self->real->pMethods = nullptr;
  const int code = real_vfs->xOpen(real_vfs, name, self->real, flags, out_flags);
  if (self->real->pMethods == nullptr) return code;
  self->path = new std::string(name == nullptr ? "" : name);
  self->base.pMethods = &kMethods;
  return code;
}

int Delete(sqlite3_vfs*, const char* name, int and_sync_the_folder) {
  disk->Deleted(name);
  return real_vfs->xDelete(real_vfs, name, and_sync_the_folder);
}

// 0 if there is no such file.
ino_t FileNumber(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

}  // namespace

FaultyDisk::FaultyDisk() {
  if (disk != nullptr) std::abort();
  disk = this;
  real_vfs = sqlite3_vfs_find(nullptr);
  vfs = *real_vfs;
  vfs.pNext = nullptr;
  vfs.zName = "faulty";
  vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
  vfs.xOpen = Open;
  vfs.xDelete = Delete;
  sqlite3_vfs_register(&vfs, /*makeDflt=*/1);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(&vfs);
  sqlite3_vfs_register(real_vfs, 1);
  disk = nullptr;
}

void FaultyDisk::FailAfter(int operations, int code) {
  std::lock_guard lock(mutex_);
  left_ = operations;
  code_ = code;
  operations_ = 0;
}

int FaultyDisk::operations() {
  std::lock_guard lock(mutex_);
  return operations_;
}

int FaultyDisk::Operation() {
  std::lock_guard lock(mutex_);
  ++operations_;
  if (left_ < 0) return SQLITE_OK;
  if (left_ == 0) return code_;
  --left_;
  return SQLITE_OK;
}

void FaultyDisk::WriteDurable(const std::string& folder, const std::string& into) {
  std::lock_guard lock(mutex_);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto synced = durable_.find(FileNumber(entry.path().string()));
    if (synced == durable_.end()) continue;
    std::ofstream(into + "/" + entry.path().filename().string(), std::ios::binary) << synced->second;
  }
}

void FaultyDisk::Deleted(const std::string& path) {
  std::lock_guard lock(mutex_);
  durable_.erase(FileNumber(path));
}

int FaultyDisk::SystemError() {
  std::lock_guard lock(mutex_);
  return left_ != 0 ? 0 : code_ == SQLITE_FULL ? ENOSPC : EIO;
}

void FaultyDisk::Synced(const std::string& path, std::string bytes) {
  std::lock_guard lock(mutex_);
  durable_[FileNumber(path)] = std::move(bytes);
}

}  // namespace condyle
