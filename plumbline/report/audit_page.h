// A page about reward models from what an audit found.
#pragma once

#include <string>

#include "plumbline/audit/audit.h"
#include "plumbline/base/files.h"

namespace plumbline::report {

// audit.json. Throws IoError, or DataError for what is no audit.
audit::Audit read_audit(const fs::path& path);

// Self-contained HTML, readable without colour: tables of all figures with intervals and counts,
// models side by side; comparisons; bars by question type; for each model a reliability diagram
// with its bins and a histogram of scores. What was not measured is left out.
std::string audit_html(const std::string& title, const audit::Audit& audit);

// The same for another page: tables and charts without the page around them.
std::string audit_sections_html(const audit::Audit& audit);

}  // namespace plumbline::report
