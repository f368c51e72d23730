// What a study found, as tables in Markdown, which are readable as plain text.
#pragma once

#include <string>
#include <vector>

#include "plumbline/study/claims.h"
#include "plumbline/study/evidence.h"

namespace plumbline::study {

std::string claims_table(const std::vector<Claim>& claims);

// Three tables: the policies of all variants with their figures; what facts change in each variant;
// and what each variant changes. All with intervals over seeds and images.
std::string variants_table(const Evidence& evidence, const std::vector<std::string>& variants);

}  // namespace plumbline::study
