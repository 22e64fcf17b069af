// The product that both kernels compute, as BrainFloatProduct.cs declares it, and what they have in common.
#pragma once
#include <immintrin.h>
#include <stdint.h>

enum {
  Outputs = 4,         // Outputs of a tile with AVX2, of which a matrix has a multiple.
  MostOutputs = 128,   // Outputs of a part.
  MostRows = 128,      // Rows of a call.
};

typedef struct {
  const uint16_t *rows;    // [count, width]; with AVX512_BF16 interleaved, as RowInterleaving.cs does it.
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

INLINE float widened(uint16_t value) {
  union { uint32_t bits; float number; } it = { (uint32_t)value << 16 };
  return it.number;
}
