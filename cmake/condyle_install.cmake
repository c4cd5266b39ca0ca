# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
#
# What `cmake --install` puts where. Four sets, one per reader: sdk (plugin authors; also brings the programs), testing
# (their tests), host (who embeds the host library in C++) and host_c (who embeds it through its C interface). find_package(condyle COMPONENTS ...) picks.
set(condyle_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/condyle)
set(host_rooms condyle_host_archive condyle_host_audit condyle_host_catalog condyle_host_intake condyle_host_loader condyle_host_channel
    condyle_host_dispatch
    condyle_host_inquiry condyle_host_reconcile condyle_host_report condyle_host_requests condyle_host_questionnaire
    condyle_host_trust condyle_host_used_tokens)
foreach(target IN LISTS host_rooms ITEMS condyle_host condyle_cli)
  string(REPLACE condyle_ "" name ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name}) # condyle::host_catalog, as in the tree
endforeach()

# Headers. The messages come twice (see proto/): never both in one program.
install(DIRECTORY sdk/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY host/library/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${PROJECT_BINARY_DIR}/proto/lite/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/condyle-lite
        FILES_MATCHING PATTERN "*.pb.h")
install(DIRECTORY ${PROJECT_BINARY_DIR}/proto/full/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/condyle-host
        FILES_MATCHING PATTERN "*.pb.h")
install(DIRECTORY proto/condyle DESTINATION ${CMAKE_INSTALL_DATADIR}/condyle/proto FILES_MATCHING PATTERN "*.proto")

# Static libraries name condyle_warnings as link-only: it must be exported, and binds nobody.
install(TARGETS condyle_warnings condyle_plugin_abi condyle_proto_lite condyle_sdk condyle_manifest condyle_cli EXPORT condyleSdkTargets
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS condyle_worker condyle_checker_probe RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/condyle)
install(TARGETS condyle_proto condyle_host ${host_rooms} EXPORT condyleHostTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
# The C interface. Nobody links it and condyle::host at once, so it is a set of its own.
install(DIRECTORY host/embedding/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(TARGETS condyle_host_c EXPORT condyleHostCTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT condyleHostCTargets NAMESPACE condyle:: DESTINATION ${condyle_config_dir})
file(RELATIVE_PATH condyle_pc_up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" condyle_pc_up "${condyle_pc_up}")
configure_file(host/embedding/condyle-host.pc.in ${PROJECT_BINARY_DIR}/condyle-host.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/condyle-host.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(EXPORT condyleSdkTargets NAMESPACE condyle:: DESTINATION ${condyle_config_dir})
install(EXPORT condyleHostTargets NAMESPACE condyle:: DESTINATION ${condyle_config_dir})
if(TARGET condyle_testing)
  install(TARGETS condyle_testing EXPORT condyleTestingTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT condyleTestingTargets NAMESPACE condyle:: DESTINATION ${condyle_config_dir})
endif()

# The pack's data, for plugins that join it.
install(DIRECTORY plugins/pack/ DESTINATION ${CMAKE_INSTALL_DATADIR}/condyle/packs/runner_sij
        FILES_MATCHING PATTERN "*.textproto" PATTERN "*.tsv" PATTERN criteria EXCLUDE)

install(FILES sdk/cmake/condyle_add_plugin.cmake sdk/cmake/plugin.map DESTINATION ${condyle_config_dir})
configure_package_config_file(cmake/condyleConfig.cmake.in ${PROJECT_BINARY_DIR}/condyleConfig.cmake
                              INSTALL_DESTINATION ${condyle_config_dir}
                              PATH_VARS CMAKE_INSTALL_DATADIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/condyleConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/condyleConfig.cmake ${PROJECT_BINARY_DIR}/condyleConfigVersion.cmake
        DESTINATION ${condyle_config_dir})
