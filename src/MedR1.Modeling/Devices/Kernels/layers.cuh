// Linear layers and what adapters add to them. Sums are float32; they are rounded where libtorch's operators round.
#pragma once

#include "numbers.cuh"

// A linear layer, y = x W' + b, with what an adapter adds: scale ((x A') B' + c), of which x A' is there already.
struct Layer
{
    const BrainFloat *weight; // [outputs, width]
    const BrainFloat *bias;   // [outputs], or null
    BrainFloat *output;       // [rows, outputs]
    const float *low;         // [rows, rank], or null without an adapter
    const float *up;          // [outputs, rank]
    const float *upBias;      // [outputs], or null
    float scale;
    int rank;
    int outputs;
};

// Four ranks at a time where it goes: what counts is how many numbers are on their way at a time.
DEVICE float UpdateOf(const Layer &layer, int row, int output)
{
    const float *low = layer.low + row * layer.rank, *up = layer.up + (Index)output * layer.rank;
    float sum = layer.upBias ? layer.upBias[output] : 0;
    if (layer.rank % 4 == 0)
    {
#pragma unroll 4
        for (int at = 0; at < layer.rank / 4; at++)
        {
            Four<float> left = ((const Four<float> *)low)[at], right = ((const Four<float> *)up)[at];
#pragma unroll
            for (int i = 0; i < 4; i++)
            {
                sum += left.at[i] * right.at[i];
            }
        }

        return sum;
    }

    for (int i = 0; i < layer.rank; i++)
    {
        sum += low[i] * up[i];
    }

    return sum;
}

DEVICE float WithAdapter(const Layer &layer, float value, int row, int output)
{
    return layer.low ? Widen(Round<BrainFloat>(value + layer.scale * UpdateOf(layer, row, output))) : value;
}

// One number of a layer, rounded where libtorch's operators round.
DEVICE float Finished(const Layer &layer, float sum, int row, int output)
{
    float added = layer.bias ? Widen(layer.bias[output]) : 0;
    return WithAdapter(layer, Widen(Round<BrainFloat>(sum + added)), row, output);
}

// Of up to three adapters of the same input: x A'.
struct Reduction
{
    const BrainFloat *input; // [rows, width]
    const float *down[3];    // [rank, width]
    float *low[3];           // [rows, rank]
    int ranks[3];
    int width;
};

DEVICE float ProductOf(const Four<BrainFloat> &left, const Four<float> &right)
{
    float sum = 0;
#pragma unroll
    for (int i = 0; i < 4; i++)
    {
        sum += Widen(left.at[i]) * right.at[i];
    }

    return sum;
}

// A block makes one number of one row.
DEVICE void Reduce(const Reduction &reduction)
{
    const int Early = 4;
    LET_NEXT_START();
    int row = BLOCK_Y, own = BLOCK_X, width = reduction.width;
    const float *down = reduction.down[0];
    float *low = reduction.low[0];
    int rank = reduction.ranks[0];
    if (own >= rank + reduction.ranks[1])
    {
        own -= rank + reduction.ranks[1];
        down = reduction.down[2];
        low = reduction.low[2];
        rank = reduction.ranks[2];
    }
    else if (own >= rank)
    {
        own -= rank;
        down = reduction.down[1];
        low = reduction.low[1];
        rank = reduction.ranks[1];
    }

    // An adapter depends on nothing that ran just before.
    const Four<float> *factors = (const Four<float> *)(down + (Index)own * width);
    Four<float> early[Early];
#pragma unroll
    for (int i = 0; i < Early; i++)
    {
        int at = THREAD + i * THREADS;
        early[i] = at < width / 4 ? factors[at] : Four<float>{};
    }

    WAIT_FOR_FORMER();
    const Four<BrainFloat> *numbers = (const Four<BrainFloat> *)(reduction.input + (Index)row * width);
    float sum = 0;
#pragma unroll
    for (int i = 0; i < Early; i++)
    {
        int at = THREAD + i * THREADS;
        sum += at < width / 4 ? ProductOf(numbers[at], early[i]) : 0;
    }

#pragma unroll 4
    for (int at = THREAD + Early * THREADS; at < width / 4; at += THREADS)
    {
        sum += ProductOf(numbers[at], factors[at]);
    }

    sum = SumOfBlock(sum);
    if (THREAD == 0)
    {
        low[row * rank + own] = sum;
    }
}

const int UpdatedRows = 8;

// Adds what an adapter makes to the output of a layer that was made without it. A thread has an output of some rows.
DEVICE void AddUpdate(const Layer &layer, int rows)
{
    LET_NEXT_START();
    WAIT_FOR_FORMER();
    int output = BLOCK_X * THREADS + THREAD, first = BLOCK_Y * UpdatedRows;
    if (output >= layer.outputs)
    {
        return;
    }

    float added[UpdatedRows];
#pragma unroll
    for (int i = 0; i < UpdatedRows; i++)
    {
        added[i] = layer.upBias ? layer.upBias[output] : 0;
    }

#pragma unroll 4
    for (int rank = 0; rank < layer.rank; rank++)
    {
        float up = layer.up[(Index)output * layer.rank + rank];
#pragma unroll
        for (int i = 0; i < UpdatedRows; i++)
        {
            if (first + i < rows)
            {
                added[i] += layer.low[(first + i) * layer.rank + rank] * up;
            }
        }
    }

#pragma unroll
    for (int i = 0; i < UpdatedRows; i++)
    {
        if (first + i < rows)
        {
            BrainFloat &own = layer.output[(Index)(first + i) * layer.outputs + output];
            own = Round<BrainFloat>(Widen(own) + layer.scale * added[i]);
        }
    }
}
