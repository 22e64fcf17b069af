// Random numbers and a report for checks of kernels.
#pragma once

#include "emulation.h"

#include "../../src/MedR1.Modeling/Devices/Kernels/operators.cu"
#include "../../src/MedR1.Modeling/Devices/Kernels/steps.cu"

#include <algorithm>
#include <random>

static std::mt19937 generator(1);
static bool failed = false;

template <class T>
static std::vector<T> Random(long count, float scale = 1)
{
    std::normal_distribution<float> normal(0, scale);
    std::vector<T> values(count);
    std::generate(values.begin(), values.end(), [&] { return Round<T>(normal(generator)); });
    return values;
}

template <class T>
static double Rounded(double value)
{
    return Widen(Round<T>((float)value));
}

// The larger of two errors; one that is no number stays, which std::max would not let it.
static double Larger(double error, double own)
{
    return own <= error || std::isnan(error) ? error : own;
}

static void Report(const char *name, double error, double allowed)
{
    bool isGood = error <= allowed; // Not so for NaN.
    failed |= !isGood;
    std::printf("%-40s error %.2g, allowed %.2g%s\n", name, error, allowed, isGood ? "" : "  FAILED");
}
