// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Public addresses, by exclusion.
#include "host/http_client/address.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace condyle {
namespace {

namespace ip = boost::asio::ip;

struct Block {
  uint32_t network;
  int bits;
};

constexpr uint32_t V4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) { return a << 24 | b << 16 | c << 8 | d; }

constexpr Block kNotPublic[] = {
    {V4(0, 0, 0, 0), 8},        // this network
    {V4(10, 0, 0, 0), 8},       // private
    {V4(100, 64, 0, 0), 10},    // shared by a carrier's customers
    {V4(127, 0, 0, 0), 8},      // loopback
    {V4(169, 254, 0, 0), 16},   // link-local; where clouds serve credentials
    {V4(172, 16, 0, 0), 12},    // private
    {V4(192, 0, 0, 0), 24},     // protocol assignments
    {V4(192, 0, 2, 0), 24},     // documentation
    {V4(192, 88, 99, 0), 24},   // 6to4 relays, given up
    {V4(192, 168, 0, 0), 16},   // private
    {V4(198, 18, 0, 0), 15},    // benchmarks
    {V4(198, 51, 100, 0), 24},  // documentation
    {V4(203, 0, 113, 0), 24},   // documentation
    {V4(224, 0, 0, 0), 4},      // multicast
    {V4(240, 0, 0, 0), 4},      // reserved, broadcast
};

bool IsPublicV4(uint32_t address) {
  return std::none_of(std::begin(kNotPublic), std::end(kNotPublic),
                      [&](const Block& block) { return (address ^ block.network) >> (32 - block.bits) == 0; });
}

using Bytes = ip::address_v6::bytes_type;

template <size_t N>
bool StartsWith(const Bytes& bytes, const std::array<unsigned char, N>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

uint32_t V4At(const Bytes& bytes, size_t at) { return V4(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]); }

bool IsPublicV6(const ip::address_v6& address) {
  const Bytes bytes = address.to_bytes();
  if (address.is_v4_mapped()) return IsPublicV4(V4At(bytes, 12));
  if (StartsWith<12>(bytes, {0, 0x64, 0xff, 0x9b})) return IsPublicV4(V4At(bytes, 12));  // NAT64
  if (StartsWith<2>(bytes, {0x20, 0x02})) return IsPublicV4(V4At(bytes, 2));             // 6to4
  if (bytes[0] >> 5 != 1) return false;                                                  // not in 2000::/3
  if (StartsWith<2>(bytes, {0x20, 0x01}) && bytes[2] < 2)
    return false;                                                    // 2001::/23: Teredo, ORCHID and other protocols
  if (StartsWith<4>(bytes, {0x20, 0x01, 0x0d, 0xb8})) return false;  // documentation
  return !(StartsWith<2>(bytes, {0x3f, 0xff}) && bytes[2] < 0x10);   // 3fff::/20, documentation
}

}  // namespace

bool IsPublicAddress(const ip::address& address) {
  return address.is_v4() ? IsPublicV4(address.to_v4().to_uint()) : IsPublicV6(address.to_v6());
}

}  // namespace condyle
