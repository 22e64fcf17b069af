// Compares drawing with its definition in float64.
#pragma once

#include "support.h"

// Logits, some of them minus infinity; the uniform numbers range from one end to the other.
static void Draws(const char *name, int rows, int vocabulary, bool hasPlain)
{
    std::vector<float> drawn = Random<float>((long)rows * vocabulary, 3), plain = drawn;
    for (size_t i = 0; i < drawn.size(); i++)
    {
        drawn[i] = generator() % 3 ? drawn[i] : Lowest;
    }

    int blocks = (vocabulary + TokensOfBlock - 1) / TokensOfBlock;
    std::vector<double> uniforms(rows);
    std::vector<float> largest(2 * rows * blocks), sums(largest.size()), plainLog(rows), drawnLog(rows);
    std::vector<Index> tokens(rows);
    for (int row = 0; row < rows; row++)
    {
        uniforms[row] = row == 0 ? 1e-15 : row == 1 ? 1 - 1e-15 : (row + 0.5) / rows;
    }

    Draw draw{drawn.data(), hasPlain ? plain.data() : drawn.data(), uniforms.data(), largest.data(), sums.data(), tokens.data(),
        plainLog.data(), drawnLog.data(), rows, vocabulary};
    emulation::Launch(blocks, rows, DrawThreads, [&] { sum_tokens_float32(draw); });
    emulation::Launch(rows, 1, DrawThreads, [&] { draw_token_float32(draw); });

    double error = 0, outside = 0;
    for (int row = 0; row < rows; row++)
    {
        double whole = 0, ofPlain = 0, before = 0;
        const float *own = &drawn[(long)row * vocabulary], *other = draw.plain + (long)row * vocabulary;
        for (int i = 0; i < vocabulary; i++)
        {
            before += i < tokens[row] ? std::exp((double)own[i]) : 0;
            whole += std::exp((double)own[i]);
            ofPlain += std::exp((double)other[i]);
        }

        // How far u is outside the token's part of the distribution; more than 1 for an impossible token.
        double share = tokens[row] < 0 ? 0 : std::exp((double)own[tokens[row]]) / whole, target = uniforms[row];
        double start = before / whole;
        outside = share > 0 ? std::max({outside, start - target, target - start - share}) : 2;
        error = Larger(error, std::abs(drawnLog[row] - std::log(share)));
        error = Larger(error, std::abs(plainLog[row] - (other[tokens[row]] - std::log(ofPlain))));
    }

    Report(name, outside, 1e-6);
    Report("  log-probabilities", error, 1e-5);
}

// Rows with only minus infinity, with NaN, and with infinity.
static void DrawsOfNothing()
{
    const int Vocabulary = 100, Rows = 3;
    std::vector<float> logits(Rows * Vocabulary, Lowest), largest(Rows), sums(Rows), plainLog(Rows), drawnLog(Rows);
    std::fill(logits.begin() + Vocabulary, logits.end(), 0.5f);
    logits[Vocabulary + 7] = std::nanf("");
    logits[2 * Vocabulary + 7] = -Lowest;
    std::vector<double> uniforms(Rows, 0.5);
    std::vector<Index> tokens(Rows, 5);
    Draw draw{logits.data(), logits.data(), uniforms.data(), largest.data(), sums.data(), tokens.data(), plainLog.data(),
        drawnLog.data(), Rows, Vocabulary};
    emulation::Launch(1, Rows, DrawThreads, [&] { sum_tokens_float32(draw); });
    emulation::Launch(Rows, 1, DrawThreads, [&] { draw_token_float32(draw); });
    Report("rows without a token to draw", tokens == std::vector<Index>(Rows, -1) ? 0 : 1, 0);
}
