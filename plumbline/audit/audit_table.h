// An audit as tables: of plain text for a terminal, or as cells for a page.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plumbline/audit/audit.h"

namespace plumbline::audit {

struct AuditCell {
  eval::Interval figure;
  int64_t count = 0;  // pairs or edits the figure is of
};

// One figure of all models; nothing for a model that was not measured so, or on nothing.
struct AuditRow {
  std::string name;
  std::vector<std::optional<AuditCell>> cells;  // in the order of Audit::models
};

struct AuditSection {
  std::string title;
  std::vector<AuditRow> rows;
};

// All there is, sections without rows and rows without a cell left out.
std::vector<AuditSection> audit_sections(const Audit& audit);

// "facts right in 0.786, plain in 0.746: difference 0.040 [0.012, 0.070] over 761 pairs; 80 right
// by the first alone, 50 by the second alone", one line per comparison.
std::string comparison_lines(const Audit& audit);

// The sections with models side by side, figures as "0.712 [0.690, 0.734]" and their counts, then
// the comparisons. "n/a" where there is nothing.
std::string audit_table(const Audit& audit);

}  // namespace plumbline::audit
