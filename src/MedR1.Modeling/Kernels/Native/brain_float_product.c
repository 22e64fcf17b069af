// y = s · x Wᵀ + b in bfloat16 with float32 sums, of weights in bfloat16 or whole numbers of 8 bits, for processors with
// AVX512_BF16, whose instructions .NET doesn't have. Compiled by scripts/build-cpu-kernels.sh; BrainFloatProduct.cs calls it.
//
// The outputs are divided into thirds that are computed side by side: a tile is the next output of each third, by up to eight
// rows, and its sums stay in registers from the first column to the last. So a thread reads three places of the memory on and
// on in their order, which a processor does faster than one place, and each value of a row that it loads is used three times.
// Rows lie interleaved, so that they are a fourth such place and not another eight. An output is summed in one order,
// whatever rows it is computed with: by 32 columns at a time, then across the lanes of a register.
#include "brain_float_product.h"

enum {
  Lanes = 32,         // Numbers that a register holds.
  Thirds = 3,         // Outputs of a tile.
  MostTileRows = 8,   // Rows of a tile: 24 sums, 3 registers of weights and one of a row.
  TileResults = 32,   // Room for a tile's results: at most 24, rounded up to whole registers of sums.
  LanesOfSums = 16,
  RepeatedNumbers = LanesOfSums + Thirds,

  BytesAhead = 2048,  // How far ahead of their use weights are asked for.
  MostOutputsOfThird = MostOutputs / Thirds + 2, // Of a part.
};

// Where a tile's weights come from.
typedef enum { Memory, Cache, Codes } Source;

// One output of each third by a group of rows.
typedef struct {
  const uint16_t *rows; // [width / Lanes, rows, Lanes]
  const void *weights[Thirds];
  uint16_t *results;    // [rows, Thirds]
  int64_t width;
  const float *scale, *bias; // Of the three outputs, [RepeatedNumbers], or null.
} Tile;

// The sums of four registers, each in every fourth lane four times over: of the lanes 4i to 4i + 3 of each register.
INLINE __m512 by_register(const __m512 *sums) {
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

// The sums across the lanes of 16 registers of `count`, from the given one on; behind the last it is repeated.
INLINE __m512 across_lanes(const __m512 *sums, int first, int count) {
  __m512 four[4];
  UNROLL for (int i = 0; i < 4; i++) {
    __m512 one[4];
    UNROLL for (int k = 0; k < 4; k++) {
      const int at = first + 4 * i + k;
      one[k] = sums[at < count ? at : count - 1];
    }

    four[i] = first + 4 * i < count ? by_register(one) : four[i - 1];
  }

  return by_quarters(by_quarters(four[0], four[1]), by_quarters(four[2], four[3]));
}

// Rounds to the nearest, ties to even; NaN stays NaN, and unlike those of the processor's own instruction tiny numbers stay.
INLINE __m256i all_rounded(__m512 values) {
  __m512i bits = _mm512_castps_si512(values);
  __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  __m512i upper = _mm512_srli_epi32(_mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7FFF)), odd), 16);
  __mmask16 is_nan = _mm512_cmp_ps_mask(values, values, _CMP_UNORD_Q);
  return _mm512_cvtepi32_epi16(_mm512_mask_mov_epi32(upper, is_nan, _mm512_set1_epi32(0x7FC0)));
}

// Widens whole numbers of 8 bits, which bfloat16 holds exactly.
INLINE __m512bh widened_codes(const int8_t *codes) {
  __m256i numbers = _mm256_loadu_si256((const __m256i *)codes);
  __m512 low = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm256_castsi256_si128(numbers)));
  __m512 high = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm256_extracti128_si256(numbers, 1)));
  return _mm512_cvtne2ps_pbh(high, low);
}

INLINE __m512bh load_weights(const void *weights, int64_t at, Source source) {
  const char *place = (const char *)weights + at * (source == Codes ? sizeof(int8_t) : sizeof(uint16_t));
  if (source != Cache) {
    _mm_prefetch(place + BytesAhead, _MM_HINT_T0);
  }

  return source == Codes ? widened_codes((const int8_t *)place) : (__m512bh)_mm512_loadu_si512(place);
}

INLINE void compute_tile(const Tile *tile, int rows, Source source) {
  const uint16_t *x = tile->rows;
  const void *w0 = tile->weights[0], *w1 = tile->weights[1], *w2 = tile->weights[2];
  __m512 sums[MostTileRows * Thirds];
  UNROLL for (int sum = 0; sum < rows * Thirds; sum++) {
    sums[sum] = _mm512_setzero_ps();
  }

  for (int64_t at = 0; at < tile->width; at += Lanes, x += rows * Lanes) {
    __m512bh first = load_weights(w0, at, source);
    __m512bh second = load_weights(w1, at, source);
    __m512bh third = load_weights(w2, at, source);
    UNROLL for (int row = 0; row < rows; row++) {
      __m512bh values = (__m512bh)_mm512_loadu_si512(x + row * Lanes);
      __m512 *of_row = sums + row * Thirds;
      of_row[0] = _mm512_dpbf16_ps(of_row[0], values, first);
      of_row[1] = _mm512_dpbf16_ps(of_row[1], values, second);
      of_row[2] = _mm512_dpbf16_ps(of_row[2], values, third);
    }
  }

  UNROLL for (int first = 0; first < rows * Thirds; first += LanesOfSums) {
    // 16 is no multiple of 3: the second register of sums begins with one of the second third.
    const int shift = first % Thirds;
    __m512 all = across_lanes(sums, first, rows * Thirds);
    if (tile->scale) {
      all = _mm512_mul_ps(all, _mm512_loadu_ps(tile->scale + shift));
    }

    if (tile->bias) {
      all = _mm512_add_ps(all, _mm512_loadu_ps(tile->bias + shift));
    }

    _mm256_storeu_si256((__m256i *)(tile->results + first), all_rounded(all));
  }
}

// A loop for each height, for the compiler to keep all sums in registers.
#define HEIGHT(rows)                                            \
  case rows:                                                    \
    switch (source) {                                           \
      case Memory: compute_tile(tile, rows, Memory); break;     \
      case Cache: compute_tile(tile, rows, Cache); break;       \
      case Codes: compute_tile(tile, rows, Codes); break;       \
    }                                                           \
    break;

static void compute(const Tile *tile, int64_t rows, Source source) {
  switch (rows) { HEIGHT(1) HEIGHT(2) HEIGHT(3) HEIGHT(4) HEIGHT(5) HEIGHT(6) HEIGHT(7) HEIGHT(8) }
}

// Outputs of a third; the last third may have fewer.
INLINE int64_t third_of(const Product *product) { return (product->outputs + Thirds - 1) / Thirds; }

// The place of a third's output among all. If the last third doesn't have it, the first third's is computed once more instead.
INLINE int64_t place_of(const Product *product, int64_t output, int third) {
  const int64_t place = output + third * third_of(product);
  return place < product->outputs ? place : output;
}

// Numbers of the outputs of a tile, three in turns.
INLINE void repeat(float first, float second, float third, float *repeated) {
  for (int at = 0; at < RepeatedNumbers; at++) {
    repeated[at] = at % Thirds == 0 ? first : at % Thirds == 1 ? second : third;
  }
}

// Outputs of each third by a group of rows.
static void compute_group(
  const Product *product, int64_t first, int64_t end, int64_t row, int64_t rows, uint16_t *results) {
  const int64_t width = product->width;
  const Source source = product->codes ? Codes : row == 0 ? Memory : Cache;
  float scale[RepeatedNumbers], bias[RepeatedNumbers];
  Tile tile = {
    .rows = product->rows + row * width,
    .width = width,
    .scale = product->scale ? scale : 0,
    .bias = product->bias ? bias : 0,
  };
  for (int64_t output = first; output < end; output++) {
    int64_t places[Thirds];
    UNROLL for (int third = 0; third < Thirds; third++) {
      const int64_t place = places[third] = place_of(product, output, third);
      tile.weights[third] =
        product->codes ? (const void *)(product->codes + place * width) : product->weight + place * width;
    }

    if (product->scale) {
      const float *s = product->scale;
      repeat(s[places[0]], s[places[1]], s[places[2]], scale);
    }

    if (product->bias) {
      const uint16_t *b = product->bias;
      repeat(widened(b[places[0]]), widened(b[places[1]]), widened(b[places[2]]), bias);
    }

    tile.results = results + (output - first) * TileResults;
    compute(&tile, rows, source);
  }
}

// Puts results of a group of rows, [outputs, TileResults], where they belong.
static void write_results(
  const Product *product, const uint16_t *results, int64_t first, int64_t end, int64_t row, int64_t rows) {
  const int64_t length = third_of(product);
  for (int64_t of_group = 0; of_group < rows; of_group++) {
    for (int third = 0; third < Thirds; third++) {
      uint16_t *target = product->result + (row + of_group) * product->outputs + third * length;
      const uint16_t *source = results + of_group * Thirds + third;
      const int64_t there = product->outputs - third * length;
      for (int64_t output = first; output < end && output < there; output++, source += TileResults) {
        target[output] = *source;
      }
    }
  }
}

EXPORT void medr1_brain_float_product(const Product *product, int64_t part) {
  // Kept until a group is done: a store far away after each tile would hold up the loads of the next.
  uint16_t results[MostOutputsOfThird * TileResults];
  const int64_t count = product->count, length = third_of(product);
  const int64_t parts = (product->outputs + product->outputs_of_part - 1) / product->outputs_of_part;
  const int64_t first = length * part / parts, end = length * (part + 1) / parts;
  const int64_t groups = (count + MostTileRows - 1) / MostTileRows;

  // The first group of rows brings the weights to the second cache, where the others find them.
  for (int64_t group = 0; group < groups; group++) {
    const int64_t row = count * group / groups, rows = count * (group + 1) / groups - row;
    compute_group(product, first, end, row, rows, results);
    write_results(product, results, first, end, row, rows);
  }
}
