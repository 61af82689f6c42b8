# cmake -DNPM=… -DSOURCE=… -DENTRIES=… -DCOPY=… -DMODULES=… -DPROTO=… -DWEB=… -DSTAMP=… -P build.cmake
# Copies the ENTRIES of SOURCE to COPY, and builds the web application there, from PROTO's messages, into WEB.
file(REMOVE_RECURSE "${COPY}") # of node_modules only the link
file(MAKE_DIRECTORY "${COPY}")
list(TRANSFORM ENTRIES PREPEND "${SOURCE}/")
file(COPY ${ENTRIES} DESTINATION "${COPY}")
file(CREATE_LINK "${MODULES}/node_modules" "${COPY}/node_modules" SYMBOLIC)
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env "STAGEMATCH_PROTO=${PROTO}" "${NPM}" run --silent build -- --outDir "${WEB}" --emptyOutDir
    --logLevel warn
  WORKING_DIRECTORY "${COPY}" RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "the web application was not built")
endif()
file(TOUCH "${STAMP}")
