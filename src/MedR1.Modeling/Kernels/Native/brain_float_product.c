// y = s · x Wᵀ + b in bfloat16 with float32 sums, of weights in bfloat16 or whole numbers of 8 bits, for processors with
// AVX512_BF16, whose instructions .NET doesn't have. Compiled by scripts/build-cpu-kernels.sh; BrainFloatProduct.cs calls it.
//
// Four outputs by up to six rows are summed in registers. While they are, the weights of a later four are asked for, a
// share by each group of rows, so that the memory is never idle. With few rows one or two outputs come after the other, and
// the memory is read in its order. An output is summed in one order, whatever rows it is computed with: by pieces of `Piece` columns,
// in each by 32 columns at a time, then across the lanes of a register.
#include "brain_float_product.h"

enum {
  Lanes = 32,          // Numbers that a register holds.
  MostTileRows = 6,    // Rows of a tile: 24 sums, 4 registers of weights and one of a row.
  Piece = 768,         // Columns at a time: rows, weights and those asked for stay in the nearest cache.
  FewestAsking = 3,    // Rows from which on tiles ask for weights: with fewer the processor itself looks far enough ahead.

  MostStreamedRows = 8,        // Rows of outputs computed one after the other.
  MostStreamedNumbers = 20480, // Numbers of such rows, which stay in the nearest cache as a whole.
  MostStreamedPieces = MostStreamedNumbers / Piece + MostStreamedRows,
  NumbersAhead = 4096,         // How far ahead of their use their weights are asked for.
};

typedef struct {
  const uint16_t *rows;
  const uint16_t *weight;
  const uint16_t *ahead;  // What to ask for.
  float *sums;            // Rows MostOutputs apart.
  int64_t width;          // From a row to the next.
  int64_t weight_width;   // From an output's weights to the next.
  int64_t columns;
  int adds;               // Whether the sums begin with what they are.
} Tile;

// The sums of four outputs, each in every fourth lane four times over: of the lanes 4i to 4i + 3 of each register.
INLINE __m512 by_output(const __m512 *sums) {
  __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps(sums[0], sums[1]), _mm512_unpackhi_ps(sums[0], sums[1]));
  __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps(sums[2], sums[3]), _mm512_unpackhi_ps(sums[2], sums[3]));
  __m512d p = _mm512_castps_pd(ab), q = _mm512_castps_pd(cd);
  return _mm512_add_ps(
    _mm512_castpd_ps(_mm512_unpacklo_pd(p, q)), _mm512_castpd_ps(_mm512_unpackhi_pd(p, q)));
}

// Adds neighbouring quarters: those of the first register, then those of the second.
INLINE __m512 by_quarters(__m512 first, __m512 second) {
  return _mm512_add_ps(_mm512_shuffle_f32x4(first, second, 0x88), _mm512_shuffle_f32x4(first, second, 0xDD));
}

// Adds sums of four outputs across the lanes of their registers. Those of four rows fill a register; a row that isn't there
// is another one once more.
INLINE void add_across_lanes(__m512 sums[][Outputs], int rows, float *target, int adds) {
  UNROLL for (int first = 0; first < rows; first += 4) {
    __m512 four[4];
    UNROLL for (int row = 0; row < 4; row++) {
      four[row] = first + row < rows ? by_output(sums[first + row]) : four[row - 1];
    }

    __m512 all = by_quarters(by_quarters(four[0], four[1]), by_quarters(four[2], four[3]));
    UNROLL for (int row = 0; row < 4 && first + row < rows; row++) {
      float *place = target + (first + row) * MostOutputs;
      __m128 sum = _mm512_extractf32x4_ps(all, 0);
      all = _mm512_shuffle_f32x4(all, all, 0x39);
      _mm_storeu_ps(place, adds ? _mm_add_ps(sum, _mm_loadu_ps(place)) : sum);
    }
  }
}

INLINE void compute_tile(const Tile *tile, int rows, int lines_ahead) {
  const int64_t width = tile->width, weight_width = tile->weight_width, columns = tile->columns;
  const uint16_t *x = tile->rows, *w = tile->weight, *ahead = tile->ahead;
  __m512 sums[MostTileRows][Outputs];
  UNROLL for (int row = 0; row < rows; row++) {
    UNROLL for (int output = 0; output < Outputs; output++) {
      sums[row][output] = _mm512_setzero_ps();
    }
  }

  for (int64_t at = 0; at < columns; at += Lanes) {
    __m512bh weights[Outputs];
    UNROLL for (int output = 0; output < Outputs; output++) {
      if (output < lines_ahead) {
        _mm_prefetch((const char *)(ahead + output * weight_width + at), _MM_HINT_T0);
      }

      weights[output] = (__m512bh)_mm512_loadu_si512(w + output * weight_width + at);
    }

    UNROLL for (int row = 0; row < rows; row++) {
      __m512bh values = (__m512bh)_mm512_loadu_si512(x + row * width + at);
      UNROLL for (int output = 0; output < Outputs; output++) {
        sums[row][output] = _mm512_dpbf16_ps(sums[row][output], values, weights[output]);
      }
    }
  }

  add_across_lanes(sums, rows, tile->sums, tile->adds);
}

// Four outputs by a few rows, whole, one or two outputs after the other.
INLINE void stream_tile(const Tile *tile, int rows, int together) {
  const int64_t width = tile->width;
  __m512 kept[MostStreamedPieces][Outputs];
  for (int first = 0; first < Outputs; first += together) {
    const uint16_t *w = tile->weight + first * width, *ahead = w + NumbersAhead;
    for (int64_t column = 0, place = 0; column < width; column += Piece, place += rows) {
      const int64_t end = width - column < Piece ? width : column + Piece;
      __m512 sums[MostStreamedRows][Outputs];
      UNROLL for (int row = 0; row < rows; row++) {
        UNROLL for (int output = 0; output < together; output++) {
          sums[row][output] = _mm512_setzero_ps();
        }
      }

      for (int64_t at = column; at < end; at += Lanes, ahead += together * Lanes) {
        __m512bh weights[Outputs];
        UNROLL for (int output = 0; output < together; output++) {
          _mm_prefetch((const char *)(ahead + output * Lanes), _MM_HINT_T0);
          weights[output] = (__m512bh)_mm512_loadu_si512(w + output * width + at);
        }

        UNROLL for (int row = 0; row < rows; row++) {
          __m512bh values = (__m512bh)_mm512_loadu_si512(tile->rows + row * width + at);
          UNROLL for (int output = 0; output < together; output++) {
            sums[row][output] = _mm512_dpbf16_ps(sums[row][output], values, weights[output]);
          }
        }
      }

      UNROLL for (int row = 0; row < rows; row++) {
        UNROLL for (int output = 0; output < together; output++) {
          kept[place + row][first + output] = sums[row][output];
        }
      }
    }
  }

  for (int64_t column = 0, place = 0; column < width; column += Piece, place += rows) {
    add_across_lanes(kept + place, rows, tile->sums, column > 0);
  }
}

// Two outputs share the reading of more rows; with fewer rows, reading on in the memory is worth more.
static void stream(const Tile *tile, int64_t rows) {
  switch (rows) {
    case 1: stream_tile(tile, 1, 1); break;
    case 2: stream_tile(tile, 2, 1); break;
    case 3: stream_tile(tile, 3, 1); break;
    case 4: stream_tile(tile, 4, 1); break;
    case 5: stream_tile(tile, 5, 2); break;
    case 6: stream_tile(tile, 6, 2); break;
    case 7: stream_tile(tile, 7, 2); break;
    case 8: stream_tile(tile, 8, 2); break;
  }
}

// A loop for each height and number of lines, for the compiler to keep all sums in registers.
#define HEIGHT(rows)                                          \
  case rows:                                                  \
    switch (lines_ahead) {                                    \
      case 4: compute_tile(tile, rows, 4); break;             \
      case 2: compute_tile(tile, rows, 2); break;             \
      case 1: compute_tile(tile, rows, 1); break;             \
      default: compute_tile(tile, rows, 0); break;            \
    }                                                         \
    break;

static void compute(const Tile *tile, int rows, int lines_ahead) {
  switch (rows) { HEIGHT(1) HEIGHT(2) HEIGHT(3) HEIGHT(4) HEIGHT(5) HEIGHT(6) }
}

// Lines that the first groups of rows have asked for when `done` of `groups` are over: all four in the end, by 4, 2 or 1.
static int lines_after(int64_t done, int64_t groups) {
  switch (groups) {
    case 1: return done * 4;
    case 2: return done * 2;
    case 3: return done == 0 ? 0 : done + 1;
    default: return done < 4 ? done : 4;
  }
}

// Widens a tile of 8-bit numbers, which bfloat16 holds exactly, and asks for a later one.
static void widen(const int8_t *codes, const int8_t *ahead, uint16_t *target, int64_t width, int64_t columns) {
  for (int output = 0; output < Outputs; output++) {
    for (int64_t at = 0; at < columns; at += Lanes) {
      if (at % 64 == 0) {
        _mm_prefetch((const char *)(ahead + output * width + at), _MM_HINT_T0);
      }

      __m256i numbers = _mm256_loadu_si256((const __m256i *)(codes + output * width + at));
      __m512 low = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm256_castsi256_si128(numbers)));
      __m512 high = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm256_extracti128_si256(numbers, 1)));
      _mm512_store_si512(target + output * Piece + at, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
  }
}

// The sums of a part by tiles, piece by piece.
static void sum_tiles(const Product *product, int64_t first, int64_t end, float *sums) {
  _Alignas(64) uint16_t widened_tile[Outputs * Piece];
  const int64_t width = product->width, count = product->count;
  const int64_t groups = (count + MostTileRows - 1) / MostTileRows;

  const int asks = !product->codes && count >= FewestAsking;

  // The weights come two tiles before their use where the memory sets the pace, one where arithmetic does.
  const int64_t distance = groups <= 2 ? 2 * Outputs : Outputs;

  for (int64_t column = 0; column < width; column += Piece) {
    const int64_t columns = width - column < Piece ? width - column : Piece;
    for (int64_t output = first; output < end; output += Outputs) {
      // Behind the last outputs of a piece come the first of the next, behind the last piece the next part.
      int64_t later = output + distance, column_ahead = column;
      if (later >= end) {
        const int is_last = column + columns == width;
        later = is_last ? later : later - end + first;
        column_ahead = is_last ? 0 : column + Piece;
      }

      const int64_t here = output * width + column, there = later * width + column_ahead;
      if (product->codes) {
        widen(product->codes + here, product->codes + there, widened_tile, width, columns);
      }

      int64_t row = 0;
      int line = 0;
      for (int64_t group = 0; group < groups; group++) {
        const int64_t next_row = count * (group + 1) / groups;
        const int next_line = asks ? lines_after(group + 1, groups) : 0;
        const Tile tile = {
          .rows = product->rows + row * width + column,
          .weight = product->codes ? widened_tile : product->weight + here,
          .ahead = product->codes ? widened_tile : product->weight + there + line * width,
          .sums = sums + row * MostOutputs + output - first,
          .width = width,
          .weight_width = product->codes ? Piece : width,
          .columns = columns,
          .adds = column > 0,
        };
        compute(&tile, next_row - row, next_line - line);
        row = next_row;
        line = next_line;
      }
    }
  }
}

EXPORT void medr1_brain_float_product(const Product *product, int64_t part) {
  float sums[MostRows * MostOutputs];
  const int64_t width = product->width, count = product->count;
  const int64_t first = first_of(product, part), end = end_of(product, part);

  if (!product->codes && count <= MostStreamedRows && count * width <= MostStreamedNumbers) {
    for (int64_t output = first; output < end; output += Outputs) {
      const Tile tile = {
        .rows = product->rows, .weight = product->weight + output * width, .sums = sums + output - first, .width = width,
      };
      stream(&tile, count);
    }
  } else {
    sum_tiles(product, first, end, sums);
  }

  finish(product, first, end, sums);
}
