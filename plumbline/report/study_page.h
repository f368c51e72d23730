// What a page says of the method and of a study's claims.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace plumbline::report {

// The method's steps as a picture made of text.
std::string method_html();

// Sections on claims.json (study/claims_file.h): claims with verdicts, curves of hallucination
// against coverage, gaps between reward model and judge, and all variants with figures. Throws
// DataError naming `where` for other JSON.
std::string study_html(const nlohmann::json& record, const std::string& where);

}  // namespace plumbline::report
