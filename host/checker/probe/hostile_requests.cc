// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Requests that no host makes, the same on every machine for the same seed.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "host/checker/probe/probe.h"

namespace condyle::checker {
namespace {

// One of the job's, or nothing.
const std::string& Pick(const std::vector<std::string>& requests, uint64_t number) {
  static const std::string kEmpty;
  return requests.empty() ? kEmpty : requests[number % requests.size()];
}

// splitmix64: the same numbers on every machine.
class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t end) { return end == 0 ? 0 : Next() % end; }
  char Byte() { return static_cast<char>(Next()); }

 private:
  uint64_t state_;
};

}  // namespace

std::string HostileRequest(uint64_t seed, uint64_t index, const std::vector<std::string>& requests) {
  Draw draw(seed * 0x10001u + index);
  std::string bytes = Pick(requests, draw.Next());
  switch (index % 10) {
    case 0:  // cut short
      bytes.resize(draw.Below(bytes.size() + 1));
      break;
    case 1:  // flipped bits
      for (uint64_t i = 1 + draw.Below(8); i > 0 && !bytes.empty(); --i) {
        bytes[draw.Below(bytes.size())] ^= static_cast<char>(1u << draw.Below(8));
      }
      break;
    case 2:  // noise
      bytes.resize(draw.Below(2000));
      for (char& c : bytes) c = draw.Byte();
      break;
    case 3: {  // two requests, cut and joined
      const std::string& other = Pick(requests, draw.Next());
      bytes = bytes.substr(0, draw.Below(bytes.size() + 1)) + other.substr(draw.Below(other.size() + 1));
      break;
    }
    case 4: {  // nested: fields within fields
      const char tag = static_cast<char>((1 + draw.Below(8)) << 3 | 2);
      bytes.clear();
      for (uint64_t depth = draw.Below(3000); depth > 0; --depth) {
        std::string length;
        for (uint64_t n = bytes.size(); length.empty() || n != 0; n >>= 7) {
          length += static_cast<char>((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
        }
        bytes = tag + length + bytes;
      }
      break;
    }
    case 5:  // nested: groups without end
      bytes.append(draw.Below(100'000), static_cast<char>((1 + draw.Below(8)) << 3 | 3));
      break;
    case 6:  // a length that is not there
      bytes += static_cast<char>((1 + draw.Below(8)) << 3 | 2);
      for (uint64_t i = draw.Below(12); i > 0; --i) bytes += static_cast<char>(0x80 | draw.Byte());
      bytes += static_cast<char>(draw.Byte() & 0x7f);
      break;
    case 7:  // much of it, but well formed
      if (!bytes.empty()) {
        const uint64_t times = 1 + draw.Below(std::min<uint64_t>(200, (256u << 10) / bytes.size() + 1));
        const std::string once = bytes;
        for (uint64_t i = 1; i < times; ++i) bytes += once;
      }
      break;
    case 8:  // other values in the same shape
      for (char& c : bytes) {
        if (draw.Below(40) == 0) c = draw.Byte();
      }
      break;
    default:  // one value, very often
      bytes.assign(draw.Below(index % 1000 == 9 ? 4u << 20 : 64u << 10), draw.Byte());
  }
  return bytes;
}

}  // namespace condyle::checker
