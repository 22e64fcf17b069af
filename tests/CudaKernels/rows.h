// Compares kernels of rows with their definitions in float64.
#pragma once

#include "support.h"

template <class T>
static double Normalisation(void (*kernel)(const T *, const T *, T *, int, float), int rows, int width, int threads)
{
    std::vector<T> input = Random<T>((long)rows * width), gain = Random<T>(width), output(input.size());
    emulation::Launch(rows, 1, threads, [&] { kernel(input.data(), gain.data(), output.data(), width, 1e-6f); });
    double error = 0;
    for (int row = 0; row < rows; row++)
    {
        double squares = 0;
        for (int i = 0; i < width; i++)
        {
            squares += std::pow((double)Widen(input[row * width + i]), 2);
        }

        for (int i = 0; i < width; i++)
        {
            int at = row * width + i;
            double wanted = Rounded<T>(Rounded<T>(Widen(input[at]) / std::sqrt(squares / width + 1e-6)) * Widen(gain[i]));
            error = Larger(error, std::abs(Widen(output[at]) - wanted) / (1e-3 + std::abs(wanted)));
        }
    }

    return error;
}

template <class T>
static double Gates(void (*kernel)(const T *, const T *, T *, Index), long count)
{
    std::vector<T> gate = Random<T>(count, 20), up = Random<T>(count), output(count);
    float extremes[] = {-3e4f, -200, -89, 0, 89, 200, 3e4f};
    std::transform(std::begin(extremes), std::end(extremes), gate.begin(), Round<T>);
    emulation::Launch(3, 1, 64, [&] { kernel(gate.data(), up.data(), output.data(), count); });
    double error = 0;
    for (long i = 0; i < count; i++)
    {
        double open = Rounded<T>(Widen(gate[i]) / (1 + std::exp(-(double)Widen(gate[i]))));
        double wanted = Rounded<T>(open * Widen(up[i]));
        error = Larger(error, std::abs(Widen(output[i]) - wanted) / (1e-6 + std::abs(wanted)));
    }

    return error;
}

template <class T>
static double Rotation(void (*kernel)(const T *, const T *, const T *, T *, int, int, Index), int tokens, int heads, int width)
{
    std::vector<T> input = Random<T>((long)tokens * heads * width), output(input.size());
    std::vector<T> cosine = Random<T>(tokens * width), sine = Random<T>(tokens * width);
    emulation::Launch(2, 1, 64, [&] {
        kernel(input.data(), cosine.data(), sine.data(), output.data(), heads, width, (Index)input.size());
    });
    double error = 0;
    for (int at = 0; at < (int)input.size(); at++)
    {
        int i = at % width, angle = at / (heads * width) * width + i;
        int other = at - i + (i + width - width / 2) % width;
        double straight = Rounded<T>((double)Widen(input[at]) * Widen(cosine[angle]));
        double wanted = Rounded<T>(straight + (double)Widen(input[other]) * Widen(sine[angle]));
        error = Larger(error, std::abs(Widen(output[at]) - wanted));
    }

    return error;
}
