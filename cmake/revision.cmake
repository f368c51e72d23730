# Writes FILE with git's name of what is being built; run at every build, touches the file only when it changed.
cmake_minimum_required(VERSION 3.22)
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT revision)
  set(revision unknown)
endif()
file(CONFIGURE OUTPUT ${FILE} CONTENT "#define PLUMBLINE_REVISION \"@revision@\"\n" @ONLY)
