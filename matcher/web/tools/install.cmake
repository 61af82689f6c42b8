# cmake -DNPM=… -DSOURCE=… -DMODULES=… -P install.cmake
# Installs the packages of SOURCE/package-lock.json into MODULES/node_modules, once, whoever else builds at the same time.
file(MAKE_DIRECTORY "${MODULES}")
file(LOCK "${MODULES}" DIRECTORY GUARD PROCESS TIMEOUT 1800)
if(EXISTS "${MODULES}/installed")
  file(TOUCH_NOCREATE "${MODULES}/installed")
  return()
endif()
foreach(file IN ITEMS package.json package-lock.json .npmrc)
  if(EXISTS "${SOURCE}/${file}")
    file(COPY "${SOURCE}/${file}" DESTINATION "${MODULES}")
  endif()
endforeach()
# No package runs a program of its own here.
execute_process(COMMAND "${NPM}" ci --no-audit --no-fund --ignore-scripts --loglevel=error
  WORKING_DIRECTORY "${MODULES}" RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "the packages of the web application were not installed (-DSTAGEMATCH_WEB=OFF builds without it)")
endif()
file(TOUCH "${MODULES}/installed")
