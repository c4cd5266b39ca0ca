// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Plugins that are asked apart from the host's own.
#ifndef CONDYLE_HOST_LIBRARY_PLUGIN_SET_H_
#define CONDYLE_HOST_LIBRARY_PLUGIN_SET_H_

#include <functional>
#include <memory>
#include <utility>

#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"
#include "host/library/requests.h"

namespace condyle {

// A dispatcher of the host's kind and limits. The catalogue must outlive it.
using DispatcherMaker = std::function<std::unique_ptr<Dispatcher>(const PluginCatalog& catalog)>;

struct PluginSet {
  PluginSet(PluginCatalog plugins, const DispatcherMaker& make)
      : catalog(std::move(plugins)), dispatcher(make(catalog)), requests(catalog) {}
  PluginSet(const PluginSet&) = delete;
  PluginSet& operator=(const PluginSet&) = delete;

  const PluginCatalog catalog;
  const std::unique_ptr<Dispatcher> dispatcher;
  const RequestBuilder requests;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_LIBRARY_PLUGIN_SET_H_
