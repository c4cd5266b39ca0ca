// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks again what an archived consultation asked, and says what is different.
#ifndef CONDYLE_HOST_LIBRARY_REPLAY_H_
#define CONDYLE_HOST_LIBRARY_REPLAY_H_

#include "condyle/host/host.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"
#include "host/library/requests.h"
#include "host/library/supervised.h"

namespace condyle {

// Asks those plugins of the catalogue that the archive names. Thread-safe, as the dispatcher is.
ReplayOutcome ReplayArchive(const v1::ArchivedReceipt& archive, const PluginCatalog& catalog,
                            const RequestBuilder& requests, Dispatcher& dispatcher, const Deadlines& deadlines);

}  // namespace condyle

#endif  // CONDYLE_HOST_LIBRARY_REPLAY_H_
