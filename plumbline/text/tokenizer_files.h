// The tokenizer that lies beside a model's weights.
#pragma once

#include <string>

#include "plumbline/text/tokenizer.h"

namespace plumbline::text {

// tokenizer.json where there is one, else tokenizer.model with what tokenizer_config.json and
// added_tokens.json say about it (legacy, add_bos_token, add_eos_token, added tokens), as the
// slow LlamaTokenizer reads them. Throws IoError when the folder holds neither, and DataError.
Tokenizer load_tokenizer(const std::string& folder);

}  // namespace plumbline::text
