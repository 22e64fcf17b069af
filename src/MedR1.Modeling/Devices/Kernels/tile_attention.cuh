// Attention of a step's tokens behind prompts that rows share, by products of tiles: bfloat16 and heads of 128 numbers, as all
// published models have. Weights are rounded to bfloat16, as in libtorch's attention; sums are float32.
#pragma once

#include "attention.cuh"

// What turns a step's queries and keys on their way.
struct TurningStep
{
    Step<BrainFloat> step;        // with queries and keys that are not turned yet
    const BrainFloat *cosine;     // [places, width]
    const BrainFloat *signedSine; // likewise, the first half with the minus of the rotation
};

const int TileWidth = 128;
const int TileKeys = 16;
const int TileStride = TileWidth + 4;

DEVICE float UpperOf(unsigned word)
{
    return __builtin_bit_cast(float, word & 0xffff0000u);
}

DEVICE float LowerOf(unsigned word)
{
    return __builtin_bit_cast(float, word << 16);
}

DEVICE unsigned WordOf(BrainFloat lower, BrainFloat upper)
{
    return lower.bits | (unsigned)upper.bits << 16;
}

// The lower or the upper halves of two words.
DEVICE unsigned LowerHalves(unsigned first, unsigned second)
{
    return (first & 0xffffu) | second << 16;
}

DEVICE unsigned UpperHalves(unsigned first, unsigned second)
{
    return first >> 16 | (second & 0xffff0000u);
}

// x cos + x' sin, rounded as Rotate does.
DEVICE BrainFloat TurnedNumber(float own, float other, float cosine, float signedSine)
{
    return Round<BrainFloat>(Widen(Round<BrainFloat>(own * cosine)) + other * signedSine);
}

// Eight numbers of a vector, turned in the half-split form.
DEVICE Eight Turned(const BrainFloat *vector, const BrainFloat *cosine, const BrainFloat *signedSine, int at)
{
    Eight own = *(const Eight *)(vector + at);
    Eight other = *(const Eight *)(vector + (at < TileWidth / 2 ? at + TileWidth / 2 : at - TileWidth / 2));
    Eight straight = *(const Eight *)(cosine + at), crossed = *(const Eight *)(signedSine + at);
#pragma unroll
    for (int i = 0; i < 4; i++)
    {
        own.at[i] = WordOf(
            TurnedNumber(LowerOf(own.at[i]), LowerOf(other.at[i]), LowerOf(straight.at[i]), LowerOf(crossed.at[i])),
            TurnedNumber(UpperOf(own.at[i]), UpperOf(other.at[i]), UpperOf(straight.at[i]), UpperOf(crossed.at[i])));
    }

    return own;
}

// A lane's numbers of 16 keys, of two of them, and of their values, of four.
struct TileGroup
{
    Eight keys[2][4];
    Eight values[4][2];
};

// Where the keys and values of a place lie under one key-value head. The newest lie in the cache only when the kernel is over:
// they are put in where they belong, and the ones before stand for what is behind the last.
struct TileSource
{
    const BrainFloat *promptKeys, *promptValues, *rowKeys, *rowValues;
    int promptLength;
    int total;

    DEVICE_METHOD Index PlaceOf(int at, const BrainFloat *&base, const BrainFloat *prompt, const BrainFloat *row) const
    {
        int last = total - 2;
        int own = at < last ? at : last;
        base = own < promptLength ? prompt : row;
        return (Index)(own < promptLength ? own : own - promptLength) * TileWidth;
    }

    // Of the keys g and g + 8 the numbers 8 t to 8 t + 7 of each 32.
    DEVICE_METHOD void LoadKeys(TileGroup &group, int first, int lane) const
    {
#pragma unroll
        for (int half = 0; half < 2; half++)
        {
            const BrainFloat *keys;
            Index place = PlaceOf(first + 8 * half + lane / 4, keys, promptKeys, rowKeys);
#pragma unroll
            for (int chunk = 0; chunk < 4; chunk++)
            {
                group.keys[half][chunk] = *(const Eight *)(keys + place + 32 * chunk + 8 * (lane % 4));
            }
        }
    }

    // Of the keys 2 t, 2 t + 1, 2 t + 8 and 2 t + 9 the numbers 16 g to 16 g + 15.
    DEVICE_METHOD void LoadValues(TileGroup &group, int first, int lane) const
    {
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            const BrainFloat *values;
            Index place = PlaceOf(first + 2 * (lane % 4) + i % 2 + i / 2 * 8, values, promptValues, rowValues);
#pragma unroll
            for (int half = 0; half < 2; half++)
            {
                group.values[i][half] = *(const Eight *)(values + place + 16 * (lane / 4) + 8 * half);
            }
        }
    }

    DEVICE_METHOD void PutNewest(TileGroup &group, int first, int lane, const Eight *key, const Eight *value) const
    {
        int newest = total - 1 - first;
#pragma unroll
        for (int half = 0; half < 2; half++)
        {
#pragma unroll
            for (int chunk = 0; chunk < 4; chunk++)
            {
                if (newest == 8 * half + lane / 4)
                {
                    group.keys[half][chunk] = key[4 * chunk + lane % 4];
                }
            }

#pragma unroll
            for (int i = 0; i < 4; i++)
            {
                if (newest == 2 * (lane % 4) + i % 2 + i / 2 * 8)
                {
                    group.values[i][half] = value[2 * (lane / 4) + half];
                }
            }
        }
    }
};

// Attention of the new token of one place under one key-value head: a block, whose warps take every eighth group of 16 keys
// and keep the largest score and the sums of the softmax as they go (Milakov and Gimelshein, 2018). Lane 4 g + t has, of head
// g, the scores of the keys 2 t, 2 t + 1 and 8 further; its sums are of the heads 2 t and 2 t + 1, numbers 16 g to 16 g + 15.
DEVICE void AttendByTiles(const TurningStep &turning)
{
    const int Eights = TileWidth / 8;
    SHARED static Eight turned[MostHeads][Eights], newestKey[Eights], newestValue[Eights];
    SHARED static float largestOf[Warps][MostHeads];
    SHARED static float weightOf[Warps][MostHeads];

    // Number 16 g + i of a head lies at 8 i + g, so that lanes write to banks of their own.
    SHARED static float sumOf[Warps][MostHeads][TileStride];

    LET_NEXT_START();
    const Step<BrainFloat> &step = turning.step;
    int place = BLOCK_X, head = BLOCK_Y;
    int lane = THREAD % 32, warp = THREAD / 32, group = lane / 4, quarter = lane % 4;
    Index slot = step.promptSlots[place / step.samples];
    int promptLength = (int)step.promptLengths[place / step.samples];
    int ownLength = (int)step.ownLengths[place];
    Index newest = ((Index)place * step.keyValueHeads + head) * TileWidth;
    Index promptStart = (slot * step.keyValueHeads + head) * step.promptCapacity * TileWidth;
    Index rowStart = (step.rowSlots[place] * step.keyValueHeads + head) * step.rowCapacity * TileWidth;
    TileSource source{step.promptKeys + promptStart, step.promptValues + promptStart, step.rowKeys + rowStart,
        step.rowValues + rowStart, promptLength, promptLength + ownLength + 1};

    // What steps before have left depends on nothing that ran just before.
    TileGroup own;
    source.LoadKeys(own, warp * TileKeys, lane);
    source.LoadValues(own, warp * TileKeys, lane);
    WAIT_FOR_FORMER();
    const BrainFloat *cosine = turning.cosine + (Index)place * TileWidth;
    const BrainFloat *signedSine = turning.signedSine + (Index)place * TileWidth;
    int vector = THREAD / Eights, within = THREAD % Eights;
    Index end = rowStart + (Index)ownLength * TileWidth + 8 * within;
    if (vector < MostHeads)
    {
        turned[vector][within] = vector < step.heads
            ? Turned(step.queries + newest * step.heads + vector * TileWidth, cosine, signedSine, 8 * within) : Eight{};
    }
    else if (vector == MostHeads)
    {
        newestKey[within] = Turned(step.keys + newest, cosine, signedSine, 8 * within);
        *(Eight *)(step.rowKeys + end) = newestKey[within];
    }
    else if (vector == MostHeads + 1)
    {
        newestValue[within] = *(const Eight *)(step.values + newest + 8 * within);
        *(Eight *)(step.rowValues + end) = newestValue[within];
    }

    SYNCHRONIZE();
    Eight query[4];
#pragma unroll
    for (int chunk = 0; chunk < 4; chunk++)
    {
        query[chunk] = turned[group][4 * chunk + quarter];
    }

    float sum[8][4];
#pragma unroll
    for (int i = 0; i < 32; i++)
    {
        sum[i / 4][i % 4] = 0;
    }

    float largest = Lowest, weight = 0;
    for (int first = warp * TileKeys; first < source.total; first += Warps * TileKeys)
    {
        bool hasNext = first + Warps * TileKeys < source.total;
        if (first + TileKeys >= source.total)
        {
            source.PutNewest(own, first, lane, newestKey, newestValue);
        }

        float score[2][4] = {};
#pragma unroll
        for (int chunk = 0; chunk < 4; chunk++)
        {
#pragma unroll
            for (int half = 0; half < 2; half++)
            {
                const Eight &q = query[chunk], &key = own.keys[half][chunk];
                ADD_TILE_PRODUCT(score[half], q.at[0], 0, q.at[1], 0, key.at[0], key.at[1]);
                ADD_TILE_PRODUCT(score[half], q.at[2], 0, q.at[3], 0, key.at[2], key.at[3]);
            }
        }

        if (hasNext)
        {
            source.LoadKeys(own, first + Warps * TileKeys, lane);
        }

        float most = largest;
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            bool isThere = first + i / 2 * 8 + 2 * quarter + i % 2 < source.total;
            float &one = score[i / 2][i % 2];
            one = isThere ? one * step.scale : Lowest;
            most = one > most ? one : most;
        }

        float other = SHUFFLE_XOR(most, 1);
        most = other > most ? other : most;
        other = SHUFFLE_XOR(most, 2);
        most = other > most ? other : most;
        float faded = POWER_OF_2(largest - most);
        largest = most;
        weight *= faded;
        unsigned shares[2];
#pragma unroll
        for (int half = 0; half < 2; half++)
        {
            BrainFloat left = Round<BrainFloat>(POWER_OF_2(score[half][0] - most));
            BrainFloat right = Round<BrainFloat>(POWER_OF_2(score[half][1] - most));
            weight += Widen(left) + Widen(right);
            shares[half] = WordOf(left, right);
        }

        float leftFaded = SHUFFLE(faded, 8 * quarter), rightFaded = SHUFFLE(faded, 8 * quarter + 4);
#pragma unroll
        for (int i = 0; i < 8; i++)
        {
            sum[i][0] *= leftFaded;
            sum[i][1] *= rightFaded;
            sum[i][2] *= leftFaded;
            sum[i][3] *= rightFaded;
            unsigned words[4];
#pragma unroll
            for (int key = 0; key < 4; key++)
            {
                words[key] = own.values[key][i / 4].at[i % 4];
            }

            ADD_TILE_PRODUCT(
                sum[i], LowerHalves(words[0], words[1]), UpperHalves(words[0], words[1]), LowerHalves(words[2], words[3]),
                UpperHalves(words[2], words[3]), shares[0], shares[1]);
        }

        if (hasNext)
        {
            source.LoadValues(own, first + Warps * TileKeys, lane);
        }
    }

    weight += SHUFFLE_XOR(weight, 1);
    weight += SHUFFLE_XOR(weight, 2);
    if (quarter == 0)
    {
        largestOf[warp][group] = largest;
        weightOf[warp][group] = weight;
    }

#pragma unroll
    for (int i = 0; i < 8; i++)
    {
        sumOf[warp][2 * quarter][16 * i + group] = sum[i][0];
        sumOf[warp][2 * quarter + 1][16 * i + group] = sum[i][1];
        sumOf[warp][2 * quarter][16 * i + 8 + group] = sum[i][2];
        sumOf[warp][2 * quarter + 1][16 * i + 8 + group] = sum[i][3];
    }

    SYNCHRONIZE();
    for (int at = THREAD; at < step.heads * TileWidth; at += THREADS)
    {
        int queryHead = at / TileWidth, i = at % TileWidth;
        step.output[newest * step.heads + queryHead * TileWidth + i % 8 * 16 + i / 8] =
            Round<BrainFloat>(WholeOf(largestOf, weightOf, &sumOf[0][0][0], TileStride, queryHead, i));
    }
}
