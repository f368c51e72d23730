# Uses ccache and mold where they are installed; neither is needed.
find_program(PLUMBLINE_CCACHE ccache)
if(PLUMBLINE_CCACHE)
  # Without this sloppiness ccache misses every file that uses the precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${PLUMBLINE_CCACHE})
endif()
find_program(PLUMBLINE_MOLD mold)
if(PLUMBLINE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
