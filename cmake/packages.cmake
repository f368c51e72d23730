# The Debian packages Plumbline builds on, as targets.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp libwebpdemux)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)  # its flags say what it was built with: OpenSSL
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
if(PLUMBLINE_TESTS)
  find_package(GTest REQUIRED)
  pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl)  # for certificates of test servers
endif()
