// The residual stream: what a layer adds to it, and the norm that reads it next.
#pragma once

#include "layers.cuh"

struct Addition
{
    const BrainFloat *residual; // [rows, width]
    const BrainFloat *added;    // [rows, width] a layer's output; null where partial has it
    const float *partial;       // [parts, rows, width] sums of a layer's product over parts of its input
    Layer layer;                // what else makes the output of the sums; its outputs are the width
    BrainFloat *sum;            // [rows, width]
    const BrainFloat *gain;     // [width], or null without a norm
    BrainFloat *normalised;     // [rows, width]
    int parts;
    int rows;
    float epsilon;
};

// A block adds up a row and normalises it, four numbers of it in each thread at a time.
DEVICE void AddAndNormalise(const Addition &addition)
{
    LET_NEXT_START();
    WAIT_FOR_FORMER();
    int row = BLOCK_X, width = addition.layer.outputs;
    Index start = (Index)row * width;
    const Four<BrainFloat> *residual = (const Four<BrainFloat> *)(addition.residual + start);
    Four<BrainFloat> *sums = (Four<BrainFloat> *)(addition.sum + start);
    float squares = 0;
    for (int at = THREAD; at < width / 4; at += THREADS)
    {
        Four<float> four{};
        if (addition.added)
        {
            Four<BrainFloat> added = ((const Four<BrainFloat> *)(addition.added + start))[at];
#pragma unroll
            for (int i = 0; i < 4; i++)
            {
                four.at[i] = Widen(added.at[i]);
            }
        }
        else
        {
            for (int part = 0; part < addition.parts; part++)
            {
                const float *partial = addition.partial + (Index)part * addition.rows * width + start;
                Four<float> own = ((const Four<float> *)partial)[at];
#pragma unroll
                for (int i = 0; i < 4; i++)
                {
                    four.at[i] += own.at[i];
                }
            }

#pragma unroll
            for (int i = 0; i < 4; i++)
            {
                four.at[i] = Finished(addition.layer, four.at[i], row, 4 * at + i);
            }
        }

        Four<BrainFloat> sum = residual[at];
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            sum.at[i] = Round<BrainFloat>(Widen(sum.at[i]) + four.at[i]);
            squares += Widen(sum.at[i]) * Widen(sum.at[i]);
        }

        sums[at] = sum;
    }

    if (!addition.gain)
    {
        return;
    }

    float scale = INVERSE_ROOT(SumOfBlock(squares) / (float)width + addition.epsilon);
    for (int at = THREAD; at < width / 4; at += THREADS)
    {
        Four<BrainFloat> four = sums[at], gains = ((const Four<BrainFloat> *)addition.gain)[at];
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            float normalised = Widen(Round<BrainFloat>(Widen(four.at[i]) * scale));
            four.at[i] = Round<BrainFloat>(normalised * Widen(gains.at[i]));
        }

        ((Four<BrainFloat> *)(addition.normalised + start))[at] = four;
    }
}
