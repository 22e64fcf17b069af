// The product of brain_float_product.c for processors without AVX512_BF16: numbers are widened to float32 on their way into the
// registers, which AVX2 and FMA do faster than the memory brings them. Compiled by scripts/build-cpu-kernels.sh.
//
// A bfloat16 is the upper half of a float32. A register of sixteen is taken as eight pairs, whose second numbers are floats as
// soon as the first are masked out, and whose first ones are when they are shifted up. Rows are widened once for all outputs of
// a part, the first numbers of a register before the second ones. An output is summed in one order, whatever rows it is computed with: by pieces of
// `Piece` columns, in each by 16 columns at a time, then across the lanes of a register.
#include "brain_float_product.h"

enum {
  Lanes = 8,           // Sums that a register holds.
  Block = 2 * Lanes,   // Numbers that a register of weights holds.
  Line = 32,           // Numbers of a line of memory.
  Piece = 512,         // Columns at a time: eight rows of them, widened, stay in the nearest cache.
  Stride = Piece + 16, // From a widened row to the next: a power of two would put them in each other's way there.
  MostDirectRows = 12, // Rows up to which weights are widened in the registers, for two rows at a time: 8 sums, 3 registers
  DirectTileRows = 2,  // of weights and 4 of rows.
  WideTileRows = 3,    // Beyond, they are widened once for all, and taken three rows at a time: 12 sums, 3 registers of rows,
                       // one of weights.
};

typedef struct {
  const float *rows;      // Widened, Stride apart.
  const uint16_t *weight; // Outputs of them, weight_width apart, if they are widened in the registers.
  const float *wide;      // [Outputs, Piece], widened.
  const uint16_t *ahead;  // What to ask for, or null.
  float *sums;            // Rows MostOutputs apart.
  int64_t width;          // From an output to the next of what is asked for.
  int64_t weight_width;
  int64_t columns;
  int adds;               // Whether the sums begin with what they are.
} Tile;

INLINE __m256 firsts(__m256i pairs) { return _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16)); }

INLINE __m256 seconds(__m256i pairs) {
  return _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32((int)0xFFFF0000)));
}

// Adds the sums of four outputs across the lanes of their registers.
INLINE __m128 across_lanes(const __m256 *sums) {
  const __m256 ab = _mm256_hadd_ps(sums[0], sums[1]), cd = _mm256_hadd_ps(sums[2], sums[3]);
  const __m256 all = _mm256_hadd_ps(ab, cd);
  return _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1));
}

INLINE void finish_tile(const Tile *tile, int rows, __m256 sums[][Outputs]) {
  UNROLL for (int row = 0; row < rows; row++) {
    float *place = tile->sums + row * MostOutputs;
    const __m128 sum = across_lanes(sums[row]);
    _mm_storeu_ps(place, tile->adds ? _mm_add_ps(_mm_loadu_ps(place), sum) : sum);
  }
}

INLINE void direct_tile(const Tile *tile, int rows, int asks) {
  const int64_t columns = tile->columns, weight_width = tile->weight_width;
  const float *x = tile->rows;
  const uint16_t *w = tile->weight;
  __m256 sums[DirectTileRows][Outputs];
  UNROLL for (int row = 0; row < rows; row++) {
    UNROLL for (int output = 0; output < Outputs; output++) {
      sums[row][output] = _mm256_setzero_ps();
    }
  }

  for (int64_t line = 0; line < columns; line += Line) {
    if (asks) {
      UNROLL for (int output = 0; output < Outputs; output++) {
        _mm_prefetch((const char *)(tile->ahead + output * tile->width + line), _MM_HINT_T0);
      }
    }

    UNROLL for (int block = 0; block < Line; block += Block) {
      const int64_t at = line + block;
      UNROLL for (int output = 0; output < Outputs; output++) {
        const __m256i pairs = _mm256_loadu_si256((const __m256i *)(w + output * weight_width + at));
        const __m256 low = firsts(pairs), high = seconds(pairs);
        UNROLL for (int row = 0; row < rows; row++) {
          sums[row][output] = _mm256_fmadd_ps(_mm256_loadu_ps(x + row * Stride + at), low, sums[row][output]);
          sums[row][output] = _mm256_fmadd_ps(_mm256_loadu_ps(x + row * Stride + at + Lanes), high, sums[row][output]);
        }
      }
    }
  }

  finish_tile(tile, rows, sums);
}

INLINE void wide_tile(const Tile *tile, int rows) {
  const int64_t columns = tile->columns;
  const float *x = tile->rows, *w = tile->wide;
  __m256 sums[WideTileRows][Outputs];
  UNROLL for (int row = 0; row < rows; row++) {
    UNROLL for (int output = 0; output < Outputs; output++) {
      sums[row][output] = _mm256_setzero_ps();
    }
  }

  for (int64_t at = 0; at < columns; at += Lanes) {
    __m256 values[WideTileRows];
    UNROLL for (int row = 0; row < rows; row++) {
      values[row] = _mm256_loadu_ps(x + row * Stride + at);
    }

    UNROLL for (int output = 0; output < Outputs; output++) {
      const __m256 weights = _mm256_loadu_ps(w + output * Piece + at);
      UNROLL for (int row = 0; row < rows; row++) {
        sums[row][output] = _mm256_fmadd_ps(values[row], weights, sums[row][output]);
      }
    }
  }

  finish_tile(tile, rows, sums);
}

// A loop for each, for the compiler to keep all sums in registers.
static void direct(const Tile *tile, int rows) {
  if (rows == 2) {
    if (tile->ahead) direct_tile(tile, 2, 1); else direct_tile(tile, 2, 0);
  } else {
    if (tile->ahead) direct_tile(tile, 1, 1); else direct_tile(tile, 1, 0);
  }
}

static void wide(const Tile *tile, int rows) {
  switch (rows) {
    case 1: wide_tile(tile, 1); break;
    case 2: wide_tile(tile, 2); break;
    default: wide_tile(tile, 3); break;
  }
}

// Widens the weights of a tile and asks for a later one's.
static void widen_weights(const uint16_t *weight, const uint16_t *ahead, float *target, int64_t width, int64_t columns) {
  for (int64_t line = 0; line < columns; line += Line) {
    UNROLL for (int output = 0; output < Outputs; output++) {
      _mm_prefetch((const char *)(ahead + output * width + line), _MM_HINT_T0);
      UNROLL for (int block = 0; block < Line; block += Block) {
        const int64_t at = line + block;
        const __m256i pairs = _mm256_loadu_si256((const __m256i *)(weight + output * width + at));
        _mm256_storeu_ps(target + output * Piece + at, firsts(pairs));
        _mm256_storeu_ps(target + output * Piece + at + Lanes, seconds(pairs));
      }
    }
  }
}

// Widens a piece of all rows.
static void widen_rows(const uint16_t *rows, float *target, int64_t count, int64_t width, int64_t columns) {
  for (int64_t row = 0; row < count; row++) {
    for (int64_t at = 0; at < columns; at += Block) {
      const __m256i pairs = _mm256_loadu_si256((const __m256i *)(rows + row * width + at));
      _mm256_storeu_ps(target + row * Stride + at, firsts(pairs));
      _mm256_storeu_ps(target + row * Stride + at + Lanes, seconds(pairs));
    }
  }
}

// Widens a tile of 8-bit numbers, which bfloat16 holds exactly: their upper halves as float32 are all there is of them.
static void widen_codes(const int8_t *codes, uint16_t *target, int64_t width, int64_t columns) {
  for (int output = 0; output < Outputs; output++) {
    for (int64_t at = 0; at < columns; at += Block) {
      const __m128i numbers = _mm_loadu_si128((const __m128i *)(codes + output * width + at));
      const __m256 low = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(numbers));
      const __m256 high = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_srli_si128(numbers, 8)));
      const __m256i halves = _mm256_packus_epi32(
        _mm256_srli_epi32(_mm256_castps_si256(low), 16), _mm256_srli_epi32(_mm256_castps_si256(high), 16));
      _mm256_storeu_si256((__m256i *)(target + output * Piece + at), _mm256_permute4x64_epi64(halves, 0xD8));
    }
  }
}

// Rounds to the nearest, ties to even; NaN stays NaN.
INLINE uint16_t rounded(float value) {
  union { float number; uint32_t bits; } it = { value };
  return value != value ? 0x7FC0 : (it.bits + 0x7FFF + ((it.bits >> 16) & 1)) >> 16;
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

EXPORT void medr1_brain_float_product_avx2(const Product *product, int64_t part) {
  float sums[MostRows * MostOutputs];
  float rows[MostRows * Stride];
  float widened_tile[Outputs * Piece];
  uint16_t codes[Outputs * Piece];
  const int64_t width = product->width, count = product->count;
  const int64_t first = first_of(product, part), end = end_of(product, part);
  const int is_direct = count <= MostDirectRows;
  const int64_t most = is_direct ? DirectTileRows : WideTileRows, groups = (count + most - 1) / most;
  for (int64_t column = 0; column < width; column += Piece) {
    const int64_t columns = width - column < Piece ? width - column : Piece;
    widen_rows(product->rows + column, rows, count, width, columns);
    for (int64_t output = first; output < end; output += Outputs) {
      // Behind the last outputs of a piece come the first of the next, behind the last piece the next part.
      const int is_end = output + Outputs >= end;
      const int64_t later = is_end && column + columns < width ? first : output + Outputs;
      const int64_t column_later = !is_end ? column : column + columns < width ? column + columns : 0;
      const int64_t here = output * width + column;
      if (product->codes) {
        widen_codes(product->codes + here, codes, width, columns);
      }

      const uint16_t *weight = product->codes ? codes : product->weight + here;
      const uint16_t *ahead = product->codes ? 0 : product->weight + later * width + column_later;
      Tile tile = {
        .weight = weight,
        .wide = widened_tile,
        .width = width,
        .weight_width = product->codes ? Piece : width,
        .columns = columns,
        .adds = column > 0,
      };
      if (!is_direct) {
        widen_weights(weight, ahead ? ahead : weight, widened_tile, tile.weight_width, columns);
      }

      for (int64_t group = 0, row = 0; group < groups; group++) {
        const int64_t next = count * (group + 1) / groups;
        tile.rows = rows + row * Stride;
        tile.sums = sums + row * MostOutputs + output - first;
        tile.ahead = group == 0 ? ahead : 0;
        if (is_direct) {
          direct(&tile, next - row);
        } else {
          wide(&tile, next - row);
        }

        row = next;
      }
    }
  }

  finish(product, first, end, sums);
}
