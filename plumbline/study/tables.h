// What a study found, as tables in Markdown, which are readable as plain text.
#pragma once

#include <string>
#include <vector>

#include "plumbline/study/claims.h"
#include "plumbline/study/evidence.h"

namespace plumbline::study {

// Figures of policies that are shown, in order: of answers, and of gains.
const std::vector<std::string>& shown_of_answers();
const std::vector<std::string>& shown_of_gains();

std::string claims_table(const std::vector<Claim>& claims);

// Three tables: the policies of all variants with their figures; what facts change in each variant;
// and what each variant changes. All with intervals over seeds and images.
std::string variants_table(const Evidence& evidence, const std::vector<std::string>& variants);

}  // namespace plumbline::study
