#include "plumbline/model/vision_tower.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plumbline/base/error.h"

namespace plumbline::model {
namespace {

at::Tensor linear(const Affine& layer, const at::Tensor& x) {
  return at::linear(x, layer.weight, layer.bias);
}

at::Tensor norm(const Affine& layer, const at::Tensor& x, double eps) {
  return at::layer_norm(x, {x.size(-1)}, layer.weight, layer.bias, eps);
}

// [B, 3, H, W] -> [B, I, 3 P P], patches row by row. Pixels that fill no patch are left out.
at::Tensor patches(const at::Tensor& pixels, int64_t size) {
  const int64_t down = pixels.size(2) / size, across = pixels.size(3) / size;
  return pixels.narrow(2, 0, down * size)
      .narrow(3, 0, across * size)
      .reshape({pixels.size(0), 3, down, size, across, size})
      .permute({0, 2, 4, 1, 3, 5})
      .reshape({pixels.size(0), down * across, 3 * size * size});
}

at::Tensor attention(const TowerBlock& block, const at::Tensor& x, int64_t num_heads) {
  const auto heads = [&](const at::Tensor& rows) {  // [B, T, Dv] -> [B, H, T, K]
    return rows.view({rows.size(0), rows.size(1), num_heads, -1}).transpose(1, 2);
  };
  const at::Tensor mixed = at::scaled_dot_product_attention(
      heads(linear(block.q, x)), heads(linear(block.k, x)), heads(linear(block.v, x)));
  return linear(block.out, mixed.transpose(1, 2).reshape(x.sizes()));
}

at::Tensor activated(const at::Tensor& x, config::Activation activation) {
  switch (activation) {
    case config::Activation::QuickGelu:
      return x * at::sigmoid(1.702 * x);
    case config::Activation::Gelu:
      return at::gelu(x);
    case config::Activation::TanhGelu:
      return at::gelu(x, "tanh");
  }
  throw InternalError("unknown Activation");
}

at::Tensor feed_forward(const TowerBlock& block, const at::Tensor& x,
                        config::Activation activation) {
  return linear(block.fc2, activated(linear(block.fc1, x), activation));
}

// The state that enters the first block.
at::Tensor embedded(const VisionTower& tower, const config::VisionConfig& config,
                    const at::Tensor& pixels) {
  const at::Tensor kernel = tower.patch.weight.reshape({config.hidden_size, -1});
  const at::Tensor rows = at::linear(patches(pixels.to(kernel.scalar_type()), config.patch_size),
                                     kernel, tower.patch.bias);
  if (config.kind == config::TowerKind::Siglip) return rows + tower.position_embedding;
  const at::Tensor class_row =
      tower.class_embedding.expand({pixels.size(0), 1, config.hidden_size});
  return norm(tower.pre_norm, at::cat({class_row, rows}, 1) + tower.position_embedding,
              config.layer_norm_eps);
}

}  // namespace

at::Tensor tower_states(const VisionTower& tower, const config::VisionConfig& config,
                        int64_t num_blocks, const at::Tensor& pixels) {
  PLUMBLINE_CHECK(pixels.dim() == 4 && pixels.size(1) == 3 && pixels.size(2) == config.image_size &&
                      pixels.size(3) == config.image_size,
                  fmt::format("[B, 3, {0}, {0}] expected, got [{1}]", config.image_size,
                              fmt::join(pixels.sizes(), ", ")));
  at::Tensor x = embedded(tower, config, pixels);
  const double eps = config.layer_norm_eps;
  for (int64_t i = 0; i < num_blocks; ++i) {
    const TowerBlock& block = tower.blocks[static_cast<size_t>(i)];
    x = x + attention(block, norm(block.norm1, x, eps), config.num_heads);
    x = x + feed_forward(block, norm(block.norm2, x, eps), config.activation);
  }
  return x;
}

}  // namespace plumbline::model
