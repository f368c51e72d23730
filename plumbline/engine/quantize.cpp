#include "plumbline/engine/quantize.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "plumbline/base/error.h"
#include "plumbline/nn/quantize.h"

namespace plumbline::engine {

std::vector<QuantizedWeight> quantize(model::Llava& model, config::Quantization kind) {
  std::vector<QuantizedWeight> result;
  if (kind == config::Quantization::None) return result;
  if (!model.device().is_cpu()) {
    throw ConfigError(Complaint{.component = "model",
                                .doing = "quantising the base",
                                .expected = "run.device = \"cpu\"",
                                .got = model.device().str(),
                                .hint = "set model.quantization = \"none\"."});
  }
  const at::NoGradGuard no_grad;
  for (const auto& [name, weight] : model.parameters()) {
    const bool is_block = name.find(".layers.") != std::string::npos &&
                          name.starts_with("language_model.") && weight.dim() == 2;
    if (!is_block || weight.size(1) % 2 != 0) continue;
    const nn::PackedWeight packed =
        kind == config::Quantization::Nf4 ? nn::pack_nf4(weight) : nn::pack_int8(weight);
    const at::Tensor exact = weight.to(at::kFloat);
    const double difference = (nn::unpacked(packed, at::kFloat) - exact).norm().item<double>();
    const double size = exact.norm().item<double>();
    result.push_back({.name = name,
                      .error = size > 0 ? difference / size : 0,
                      .bytes = packed.nbytes(),
                      .num_values = weight.numel()});
    PLUMBLINE_CHECK(model.pack(name, packed), name);
  }
  return result;
}

}  // namespace plumbline::engine
