// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Boost.JSON itself: Debian's headers hold its sources, which one file must include.
#include <boost/json/src.hpp>
