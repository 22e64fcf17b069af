// The product that both kernels compute, as BrainFloatProduct.cs declares it, and what they have in common.
#pragma once
#include <immintrin.h>
#include <stdint.h>

enum {
  Outputs = 4,         // Outputs of a tile.
  MostOutputs = 128,   // Outputs of a part.
  MostRows = 128,      // Rows of a call.
};

typedef struct {
  const uint16_t *rows;    // [count, width]
  const uint16_t *weight;  // [outputs, width], or null for
  const int8_t *codes;     // [outputs, width]
  const float *scale;      // [outputs] or null
  const uint16_t *bias;    // [outputs] or null
  uint16_t *result;        // [count, outputs]
  int64_t count;           // At most MostRows.
  int64_t width;           // A multiple of 32.
  int64_t outputs;         // A multiple of Outputs.
  int64_t outputs_of_part; // A multiple of Outputs, at least 2 * Outputs and at most MostOutputs.
} Product;

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define EXPORT __attribute__((visibility("default")))

// Rounds to the nearest, ties to even; NaN stays NaN.
INLINE uint16_t rounded(float value) {
  union { float number; uint32_t bits; } it = { value };
  return value != value ? 0x7FC0 : (it.bits + 0x7FFF + ((it.bits >> 16) & 1)) >> 16;
}

INLINE float widened(uint16_t value) {
  union { uint32_t bits; float number; } it = { (uint32_t)value << 16 };
  return it.number;
}

INLINE int64_t first_of(const Product *product, int64_t part) { return part * product->outputs_of_part; }

INLINE int64_t end_of(const Product *product, int64_t part) {
  const int64_t end = first_of(product, part) + product->outputs_of_part;
  return end < product->outputs ? end : product->outputs;
}

// Scales the sums of a part, adds the bias and rounds. A row's sums are MostOutputs from the next row's.
INLINE void finish(const Product *product, int64_t first, int64_t end, const float *sums) {
  for (int64_t row = 0; row < product->count; row++) {
    for (int64_t output = first; output < end; output++) {
      const float sum = sums[row * MostOutputs + output - first] * (product->scale ? product->scale[output] : 1);
      product->result[row * product->outputs + output] =
        rounded(product->bias ? sum + widened(product->bias[output]) : sum);
    }
  }
}
