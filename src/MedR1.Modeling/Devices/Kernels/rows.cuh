// What a decoding step does to its rows besides products and attention.
#pragma once

#include "numbers.cuh"

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
#pragma unroll
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
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            float normalised = Widen(Round<T>(Widen(four.at[i]) * scale));
            four.at[i] = Round<T>(normalised * Widen(times.at[i]));
        }

        result[at] = four;
    }
}

// silu(gate), rounded.
template <class T>
DEVICE float Opened(float gate)
{
    return Widen(Round<T>(gate / (1.0f + Exponential(-gate))));
}

// silu(gate) times up, each rounded.
template <class T>
DEVICE void Gate(const T *gate, const T *up, T *output, Index count)
{
    for (Index at = (Index)BLOCK_X * THREADS + THREAD; at < count / 4; at += (Index)BLOCKS_X * THREADS)
    {
        Four<T> gates = ((const Four<T> *)gate)[at];
        Four<T> ups = ((const Four<T> *)up)[at];
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            float value = Widen(gates.at[i]);
            gates.at[i] = Round<T>(Opened<T>(value) * Widen(ups.at[i]));
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
