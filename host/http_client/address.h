// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which IP addresses are of the public internet.
#ifndef CONDYLE_HOST_HTTP_CLIENT_ADDRESS_H_
#define CONDYLE_HOST_HTTP_CLIENT_ADDRESS_H_

#include <boost/asio/ip/address.hpp>

namespace condyle {

// False for this machine, its links, private and shared networks, multicast, documentation, and what no registry gave
// out (IANA special-purpose registries, RFC 6890); for IPv6 whatever is not global unicast. An IPv4 address inside an
// IPv6 one (mapped, NAT64, 6to4) counts as itself.
bool IsPublicAddress(const boost::asio::ip::address& address);

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_CLIENT_ADDRESS_H_
