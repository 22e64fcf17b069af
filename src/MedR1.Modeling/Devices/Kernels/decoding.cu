// What a decoding step does besides matrix products, one kernel for each part instead of several operators. Sums are
// float32. Where an operator of libtorch rounds to the type of the network, so do these kernels.
//
// scripts/build-cuda-kernels.sh makes decoding.ptx of it with clang, without NVIDIA's tools; the driver compiles that for
// the GPU that it meets. The built-in functions are those of clang's NVPTX back end.

#ifndef MEDR1_EMULATED
#define GLOBAL extern "C" __attribute__((global))
#define DEVICE static __attribute__((device)) inline __attribute__((always_inline))
#define SHARED __attribute__((shared))
#define THREAD ((int)__nvvm_read_ptx_sreg_tid_x())
#define THREADS ((int)__nvvm_read_ptx_sreg_ntid_x())
#define BLOCK_X ((int)__nvvm_read_ptx_sreg_ctaid_x())
#define BLOCK_Y ((int)__nvvm_read_ptx_sreg_ctaid_y())
#define BLOCKS_X ((int)__nvvm_read_ptx_sreg_nctaid_x())
#define EVERY_LANE 0xffffffffu
#define SHUFFLE_XOR(value, mask) __nvvm_shfl_sync_bfly_f32(EVERY_LANE, value, mask, 31)
#define SHUFFLE(value, lane) __nvvm_shfl_sync_idx_f32(EVERY_LANE, value, lane, 31)
#define SYNCHRONIZE() __syncthreads()
#define POWER_OF_2(value) __nvvm_ex2_approx_f(value)
#define INVERSE_ROOT(value) __nvvm_rsqrt_approx_f(value)
#endif

typedef long long Index;

struct BrainFloat
{
    unsigned short bits;
};

// Four numbers that lie one after another, aligned to their size.
template <class T>
struct alignas(4 * sizeof(T)) Four
{
    T at[4];
};

DEVICE float Widen(float value)
{
    return value;
}

DEVICE float Widen(BrainFloat value)
{
    return __builtin_bit_cast(float, (unsigned)value.bits << 16);
}

DEVICE float RoundAs(float value, float)
{
    return value;
}

// To the nearest, ties to even.
DEVICE BrainFloat RoundAs(float value, BrainFloat)
{
    unsigned bits = __builtin_bit_cast(unsigned, value);
    unsigned rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    return BrainFloat{(unsigned short)(value != value ? 0x7fc0 : rounded)};
}

template <class T>
DEVICE T Round(float value)
{
    return RoundAs(value, T());
}

// e^value; the fraction and the whole power of two apart, so that large values keep their digits.
DEVICE float Exponential(float value)
{
    const float PowersInE = 1.44269502f;
    const float PowersInERest = 1.92596303e-8f;
    float powers = value * PowersInE;
    float whole = __builtin_floorf(powers + 0.5f);
    whole = whole < -126.0f ? -126.0f : whole > 127.0f ? 127.0f : whole;
    float fraction = __builtin_fmaf(value, PowersInE, -whole) + value * PowersInERest;
    fraction = fraction < -126.0f ? -126.0f : fraction;
    return POWER_OF_2(fraction) * __builtin_bit_cast(float, (unsigned)((int)whole + 127) << 23);
}

// The sum over all threads of a block, for each of them.
DEVICE float SumOfBlock(float value)
{
    SHARED static float sums[32];
    for (int mask = 16; mask > 0; mask /= 2)
    {
        value += SHUFFLE_XOR(value, mask);
    }

    if (THREAD % 32 == 0)
    {
        sums[THREAD / 32] = value;
    }

    SYNCHRONIZE();
    float sum = 0;
    for (int warp = 0; warp < THREADS / 32; warp++)
    {
        sum += sums[warp];
    }

    return sum;
}

// Root mean square normalisation of one row in a block: rounded before the gain and after it.
template <class T>
DEVICE void Normalise(const T *input, const T *gain, T *output, int width, float epsilon)
{
    const Four<T> *row = (const Four<T> *)(input + (Index)BLOCK_X * width);
    Four<T> *result = (Four<T> *)(output + (Index)BLOCK_X * width);
    const Four<T> *gains = (const Four<T> *)gain;
    float squares = 0;
    for (int at = THREAD; at < width / 4; at += THREADS)
    {
        Four<T> four = row[at];
        for (int i = 0; i < 4; i++)
        {
            float value = Widen(four.at[i]);
            squares += value * value;
        }
    }

    float scale = INVERSE_ROOT(SumOfBlock(squares) / (float)width + epsilon);
    for (int at = THREAD; at < width / 4; at += THREADS)
    {
        Four<T> four = row[at];
        Four<T> times = gains[at];
        for (int i = 0; i < 4; i++)
        {
            float normalised = Widen(Round<T>(Widen(four.at[i]) * scale));
            four.at[i] = Round<T>(normalised * Widen(times.at[i]));
        }

        result[at] = four;
    }
}

// silu(gate) times up, each rounded.
template <class T>
DEVICE void Gate(const T *gate, const T *up, T *output, Index count)
{
    for (Index at = (Index)BLOCK_X * THREADS + THREAD; at < count / 4; at += (Index)BLOCKS_X * THREADS)
    {
        Four<T> gates = ((const Four<T> *)gate)[at];
        Four<T> ups = ((const Four<T> *)up)[at];
        for (int i = 0; i < 4; i++)
        {
            float value = Widen(gates.at[i]);
            float open = Widen(Round<T>(value / (1.0f + Exponential(-value))));
            gates.at[i] = Round<T>(open * Widen(ups.at[i]));
        }

        ((Four<T> *)output)[at] = gates;
    }
}

// Rotary embedding in the half-split form: [tokens, heads, width] times [tokens, width].
template <class T>
DEVICE void Rotate(const T *input, const T *cosine, const T *signedSine, T *output, int heads, int width, Index count)
{
    for (Index at = (Index)BLOCK_X * THREADS + THREAD; at < count; at += (Index)BLOCKS_X * THREADS)
    {
        int within = (int)(at % width);
        Index angle = at / ((Index)heads * width) * width + within;
        Index other = at + (within < width / 2 ? width / 2 : -(width / 2));
        float straight = Widen(Round<T>(Widen(input[at]) * Widen(cosine[angle])));
        output[at] = Round<T>(straight + Widen(input[other]) * Widen(signedSine[angle]));
    }
}

const int Warps = 8;
const int MostHeads = 8;
const int Keys = 4;
const int MostWidth = 128;
const float Lowest = -__builtin_inff();

// What a step's attention reads and writes.
template <class T>
struct Step
{
    const T *queries;       // [places, key-value heads, heads, width]
    const T *keys;          // [places, key-value heads, width]
    const T *values;        // likewise
    const T *promptKeys;    // [prompt slots, key-value heads, prompt capacity, width]
    const T *promptValues;  // likewise
    T *rowKeys;             // [row slots, key-value heads, row capacity, width]
    T *rowValues;           // likewise
    T *output;              // [places, key-value heads, heads, width]
    const Index *rowSlots;  // [places]
    const Index *ownLengths;
    const Index *promptSlots; // [prompts]
    const Index *promptLengths;
    int samples; // places of each prompt
    int keyValueHeads;
    int heads; // query heads of a key-value head
    int width;
    int promptCapacity;
    int rowCapacity;
    float scale;
};

// Half of the values, each with what the lane that differs in one bit has of it.
template <int Half>
DEVICE void Fold(float (&values)[32], int lane)
{
    bool isUpper = (lane & Half) != 0;
#pragma unroll
    for (int i = 0; i < Half; i++)
    {
        float lower = values[i], upper = values[i + Half];
        values[i] = (isUpper ? upper : lower) + SHUFFLE_XOR(isUpper ? lower : upper, Half);
    }
}

// Of 32 values in every lane: the sum over all lanes of the lane's own one.
DEVICE float SumOfLanes(float (&values)[32], int lane)
{
    Fold<16>(values, lane);
    Fold<8>(values, lane);
    Fold<4>(values, lane);
    Fold<2>(values, lane);
    Fold<1>(values, lane);
    return values[0];
}

// Attention of the new token of one place under one key-value head: a block. The token's key and value go to the cache.
// Each warp takes every eighth group of four keys and keeps the largest score and the sums of the softmax as it goes
// (Milakov and Gimelshein, 2018); at the end the warps are put together. Lane 8 k + h holds the score of key k of the
// group under query head h; lane i holds the numbers 4 i to 4 i + 3 of queries, keys, values and sums.
template <class T>
DEVICE void Attend(const Step<T> &step)
{
    SHARED static float largestOf[Warps][MostHeads];
    SHARED static float weightOf[Warps][MostHeads];
    SHARED static float sumOf[Warps][MostHeads][MostWidth];

    int place = BLOCK_X, head = BLOCK_Y;
    int lane = THREAD % 32, warp = THREAD / 32;
    int width = step.width;
    bool isInside = 4 * lane < width;
    Index slot = step.promptSlots[place / step.samples];
    int promptLength = (int)step.promptLengths[place / step.samples];
    int ownLength = (int)step.ownLengths[place];
    int total = promptLength + ownLength + 1;
    Index newest = ((Index)place * step.keyValueHeads + head) * width;
    Index promptStart = (slot * step.keyValueHeads + head) * step.promptCapacity * width;
    Index rowStart = (step.rowSlots[place] * step.keyValueHeads + head) * step.rowCapacity * width;
    if (warp == 0 && isInside)
    {
        Index end = rowStart + (Index)ownLength * width;
        ((Four<T> *)(step.rowKeys + end))[lane] = ((const Four<T> *)(step.keys + newest))[lane];
        ((Four<T> *)(step.rowValues + end))[lane] = ((const Four<T> *)(step.values + newest))[lane];
    }

    float query[MostHeads][4], sum[MostHeads][4];
#pragma unroll
    for (int h = 0; h < MostHeads; h++)
    {
        const Four<T> *own = (const Four<T> *)(step.queries + (newest * step.heads + (Index)h * width));
        bool isThere = h < step.heads && isInside;
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            query[h][i] = isThere ? Widen(own[lane].at[i]) * step.scale : 0;
            sum[h][i] = 0;
        }
    }

    float largest = Lowest, weight = 0;
    for (int first = warp * Keys; first < total; first += Warps * Keys)
    {
        Four<T> values[Keys];
        float products[32];
#pragma unroll
        for (int k = 0; k < Keys; k++)
        {
            int at = first + k;
            Four<T> key;
#pragma unroll
            for (int i = 0; i < 4; i++)
            {
                key.at[i] = Round<T>(0);
                values[k].at[i] = Round<T>(0);
            }

            if (at < total && isInside)
            {
                bool isPrompt = at < promptLength, isNewest = at == total - 1;
                Index start = isNewest ? newest
                    : isPrompt ? promptStart + (Index)at * width : rowStart + (Index)(at - promptLength) * width;
                const T *keys = isNewest ? step.keys : isPrompt ? step.promptKeys : step.rowKeys;
                const T *all = isNewest ? step.values : isPrompt ? step.promptValues : step.rowValues;
                key = ((const Four<T> *)(keys + start))[lane];
                values[k] = ((const Four<T> *)(all + start))[lane];
            }

#pragma unroll
            for (int h = 0; h < MostHeads; h++)
            {
                float product = 0;
#pragma unroll
                for (int i = 0; i < 4; i++)
                {
                    product += query[h][i] * Widen(key.at[i]);
                }

                products[k * MostHeads + h] = product;
            }
        }

        float score = SumOfLanes(products, lane);
        bool isThere = first + lane / MostHeads < total && lane % MostHeads < step.heads;
        score = isThere ? score : Lowest;
        float most = score;
        float other = SHUFFLE_XOR(most, 8);
        most = other > most ? other : most;
        other = SHUFFLE_XOR(most, 16);
        most = other > most ? other : most;
        most = most > largest ? most : largest;
        float share = isThere ? POWER_OF_2(score - most) : 0;
        float faded = largest == most ? 1 : POWER_OF_2(largest - most);
        weight = weight * faded + share;
        largest = most;
#pragma unroll
        for (int h = 0; h < MostHeads; h++)
        {
            if (h < step.heads)
            {
                float before = SHUFFLE(faded, h);
#pragma unroll
                for (int i = 0; i < 4; i++)
                {
                    sum[h][i] *= before;
                }

#pragma unroll
                for (int k = 0; k < Keys; k++)
                {
                    float part = SHUFFLE(share, k * MostHeads + h);
#pragma unroll
                    for (int i = 0; i < 4; i++)
                    {
                        sum[h][i] += part * Widen(values[k].at[i]);
                    }
                }
            }
        }
    }

    weight += SHUFFLE_XOR(weight, 8);
    weight += SHUFFLE_XOR(weight, 16);
    if (lane < MostHeads)
    {
        largestOf[warp][lane] = largest;
        weightOf[warp][lane] = weight;
    }

#pragma unroll
    for (int h = 0; h < MostHeads; h++)
    {
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            if (isInside)
            {
                sumOf[warp][h][4 * lane + i] = sum[h][i];
            }
        }
    }

    SYNCHRONIZE();
    for (int at = THREAD; at < step.heads * width; at += THREADS)
    {
        int h = at / width, i = at % width;
        float most = Lowest;
        for (int w = 0; w < Warps; w++)
        {
            most = largestOf[w][h] > most ? largestOf[w][h] : most;
        }

        float whole = 0, result = 0;
        for (int w = 0; w < Warps; w++)
        {
            float faded = POWER_OF_2(largestOf[w][h] - most);
            whole += weightOf[w][h] * faded;
            result += sumOf[w][h][i] * faded;
        }

        step.output[newest * step.heads + at] = Round<T>(result / whole);
    }
}

GLOBAL void normalise_float32(const float *input, const float *gain, float *output, int width, float epsilon)
{
    Normalise(input, gain, output, width, epsilon);
}

GLOBAL void normalise_bfloat16(const BrainFloat *input, const BrainFloat *gain, BrainFloat *output, int width, float epsilon)
{
    Normalise(input, gain, output, width, epsilon);
}

GLOBAL void gate_float32(const float *gate, const float *up, float *output, Index count)
{
    Gate(gate, up, output, count);
}

GLOBAL void gate_bfloat16(const BrainFloat *gate, const BrainFloat *up, BrainFloat *output, Index count)
{
    Gate(gate, up, output, count);
}

GLOBAL void rotate_float32(
    const float *input, const float *cosine, const float *sine, float *output, int heads, int width, Index count)
{
    Rotate(input, cosine, sine, output, heads, width, count);
}

GLOBAL void rotate_bfloat16(
    const BrainFloat *input, const BrainFloat *cosine, const BrainFloat *sine, BrainFloat *output, int heads, int width,
    Index count)
{
    Rotate(input, cosine, sine, output, heads, width, count);
}

GLOBAL void attend_float32(Step<float> step)
{
    Attend(step);
}

GLOBAL void attend_bfloat16(Step<BrainFloat> step)
{
    Attend(step);
}
