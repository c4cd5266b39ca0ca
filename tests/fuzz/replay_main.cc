// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a fuzz target without libFuzzer, as a test: every file of the folders named, then changed copies of them, the
// same at every run. PROGRAM MUTATIONS FOLDER_OR_FILE...; findings are written to the working directory.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/support/random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);
extern "C" __attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                                                unsigned seed);
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

namespace fs = std::filesystem;
using condyle::fuzz::Random;

constexpr size_t kMaxBytes = 256u << 10;
constexpr size_t kMaxFileBytes = 2u << 20;

struct Input {
  std::string name;
  std::string bytes;
};

// What is running, for the moment at which it dies.
Input current;
Random* mutate_random = nullptr;

void SaveCurrent() {
  constexpr char kFile[] = "finding.input";
  const int fd = open(kFile, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const bool saved = fd >= 0 && write(fd, current.bytes.data(), current.bytes.size()) >= 0;
  for (const char* text :
       {"fuzz: died of ", current.name.c_str(), saved ? "; input saved as " : "; input not saved as ", kFile,
        " in the working directory\n"}) {
    if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
  }
}

void OnSignal(int number) {
  SaveCurrent();
  signal(number, SIG_DFL);
  raise(number);
}

void Run(std::string name, std::string bytes) {
  current = {std::move(name), std::move(bytes)};
  // A copy of exactly its size, so that a sanitizer sees reads beyond the end.
  const std::vector<uint8_t> copy(current.bytes.begin(), current.bytes.end());
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

std::vector<Input> ReadAll(int count, char** paths) {
  std::vector<fs::path> files;
  for (int i = 0; i < count; ++i) {
    if (!fs::is_directory(paths[i])) {
      files.emplace_back(paths[i]);
      continue;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(paths[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<Input> inputs;
  for (const fs::path& path : files) {
    std::ifstream file(path, std::ios::binary);
    inputs.push_back({path.string(), {std::istreambuf_iterator<char>(file), {}}});
    if (!file || inputs.back().bytes.size() > kMaxFileBytes) {
      std::fprintf(stderr, "fuzz: %s cannot be read, or has more than %zu bytes\n", path.c_str(), kMaxFileBytes);
      std::exit(EXIT_FAILURE);
    }
  }
  return inputs;
}

std::string Changed(std::string bytes, Random& random) {
  const size_t size = std::min(bytes.size(), kMaxBytes);
  bytes.resize(kMaxBytes);
  auto* data = reinterpret_cast<uint8_t*>(bytes.data());
  bytes.resize(LLVMFuzzerCustomMutator != nullptr
                   ? LLVMFuzzerCustomMutator(data, size, kMaxBytes, static_cast<unsigned>(random.Next()))
                   : LLVMFuzzerMutate(data, size, kMaxBytes));
  return bytes;
}

}  // namespace

// One to eight changes of bytes.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size) {
  Random& random = *mutate_random;
  for (size_t changes = 1 + random.Below(8); changes > 0; --changes) {
    const size_t at = random.Below(size + 1);
    const size_t length = std::min(size - at, 1 + random.Below(random.OneIn(4) ? 64 : 4));
    switch (random.Below(5)) {
      case 0:  // a bit
        if (at < size) data[at] = static_cast<uint8_t>(data[at] ^ 1 << random.Below(8));
        break;
      case 1: {  // a byte at an edge
        constexpr uint8_t kEdges[] = {0, 1, 0x7F, 0x80, 0xFF, '"', '{', '[', '\\', ',', '-', '9'};
        if (at < size) data[at] = kEdges[random.Below(std::size(kEdges))];
        break;
      }
      case 2:  // left out
        std::memmove(data + at, data + at + length, size - at - length);
        size -= length;
        break;
      case 3:  // twice
        if (size + length > max_size) break;
        std::memmove(data + at + length, data + at, size - at);
        size += length;
        break;
      default:  // written over with what stands elsewhere
        if (size > length) std::memmove(data + at, data + random.Below(size - length + 1), length);
    }
  }
  return size;
}

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s MUTATIONS FOLDER_OR_FILE...\n", argv[0]);
    return 64;
  }
  const std::vector<Input> inputs = ReadAll(argc - 2, argv + 2);
  const long mutations = std::atol(argv[1]);
  if (inputs.empty()) {
    std::fprintf(stderr, "fuzz: there is no input\n");
    return EXIT_FAILURE;
  }
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(SaveCurrent);
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) signal(number, OnSignal);

  for (const Input& input : inputs) Run(input.name, input.bytes);
  Random random(1);
  mutate_random = &random;
  std::string previous;
  for (long i = 0; i < mutations; ++i) {
    const Input& input = inputs[static_cast<size_t>(i) % inputs.size()];
    // Now and then further away from the seed.
    const std::string& from = random.OneIn(3) && !previous.empty() ? previous : input.bytes;
    std::string changed = Changed(from, random);
    previous = changed;
    Run(input.name + ", change " + std::to_string(i), std::move(changed));
  }
  std::printf("%zu inputs and %ld changed ones\n", inputs.size(), mutations);
  return EXIT_SUCCESS;
}
