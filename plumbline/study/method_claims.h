// The claims of factually augmented RLHF, as they can be tested on the world.
#pragma once

#include <vector>

#include "plumbline/study/claims.h"
#include "plumbline/study/evidence.h"

namespace plumbline::study {

// Variants that a study has unless others are named: points of the policies' curves, the published
// arithmetic, and facts that tell nothing, the control of claim c. They stand beside the claims.
inline constexpr const char* kUsualVariants = "weak-kl,authors-kl,paper,facts-exchanged";

// The claims of "Aligning Large Multimodal Models with Factually Augmented RLHF" (arXiv
// 2309.14525), with figures of variants beside them where `evidence` has them.
std::vector<Claim> method_claims(const Evidence& evidence);

}  // namespace plumbline::study
