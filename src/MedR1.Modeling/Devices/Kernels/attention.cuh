// Attention of a step's tokens behind prompts that rows share, for heads of any width up to 128.
#pragma once

#include "numbers.cuh"

const int Warps = 8;
const int MostHeads = 8;
const int Keys = 4;
const int MostWidth = 128;

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

// One number of a head, of what the warps of a block have of it: sums [warps, heads, width] of values by their weights, the
// sums of the weights, and the scores that stand for a weight of 1.
DEVICE float WholeOf(
    const float (&largestOf)[Warps][MostHeads], const float (&weightOf)[Warps][MostHeads], const float *sumOf, int width,
    int head, int at)
{
    float most = Lowest;
    for (int warp = 0; warp < Warps; warp++)
    {
        most = largestOf[warp][head] > most ? largestOf[warp][head] : most;
    }

    float whole = 0, result = 0;
    for (int warp = 0; warp < Warps; warp++)
    {
        float faded = POWER_OF_2(largestOf[warp][head] - most);
        whole += weightOf[warp][head] * faded;
        result += sumOf[(warp * MostHeads + head) * width + at] * faded;
    }

    return result / whole;
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
        step.output[newest * step.heads + at] =
            Round<T>(WholeOf(largestOf, weightOf, &sumOf[0][0][0], MostWidth, at / width, at % width));
    }
}
