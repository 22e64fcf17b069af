// Draws tokens by inverting the distribution function, with their log-probabilities: the first token whose cumulated
// probability is above u. Probabilities are float32, what is cumulated float64; a token of probability 0 is never drawn.
#pragma once

#include "numbers.cuh"

struct Draw
{
    const float *drawn;     // [rows, vocabulary] logits that are drawn from
    const float *plain;     // [rows, vocabulary] others, whose log-probability is asked for too; or the same
    const double *uniforms; // [rows]
    float *largest;         // [2, rows, blocks] of drawn and plain: the largest logit of a block of the vocabulary
    float *sums;            // [2, rows, blocks] e to the power of what the others are below it, summed
    Index *tokens;          // [rows]; -1 where there is none to draw
    float *plainLog;        // [rows] log-probabilities
    float *drawnLog;        // [rows]
    int rows;
    int vocabulary;
};

const int DrawThreads = 256;
const int TokensOfThread = 8;
const int TokensOfBlock = DrawThreads * TokensOfThread;
const int MostDrawBlocks = 1024;
const double JustBelowOne = 1 - 1.0 / (1LL << 50);

DEVICE int BlocksOf(const Draw &draw)
{
    return (draw.vocabulary + TokensOfBlock - 1) / TokensOfBlock;
}

// e^(value - most); 0 of what is nothing.
DEVICE float Share(float value, float most)
{
    return value == Lowest ? 0 : Exponential(value - most);
}

// The largest over all threads of a block, for each of them. What is no number is passed over.
DEVICE float LargestOfBlock(float value)
{
    SHARED static float largest[32];
    for (int mask = 16; mask > 0; mask /= 2)
    {
        float other = SHUFFLE_XOR(value, mask);
        value = other > value ? other : value;
    }

    if (THREAD % 32 == 0)
    {
        largest[THREAD / 32] = value;
    }

    SYNCHRONIZE();
    float most = largest[0];
    for (int warp = 1; warp < THREADS / 32; warp++)
    {
        most = largest[warp] > most ? largest[warp] : most;
    }

    SYNCHRONIZE();
    return most;
}

// Largest logit and sum of a block of the vocabulary, of one row.
DEVICE void SumOfTokens(const Draw &draw, const float *logits, int kind)
{
    int row = BLOCK_Y, first = BLOCK_X * TokensOfBlock + THREAD;
    const float *own = logits + (Index)row * draw.vocabulary;
    float values[TokensOfThread], most = Lowest;
#pragma unroll
    for (int i = 0; i < TokensOfThread; i++)
    {
        int at = first + i * DrawThreads;
        values[i] = at < draw.vocabulary ? own[at] : Lowest;
        most = values[i] > most ? values[i] : most;
    }

    most = LargestOfBlock(most);
    float sum = 0;
#pragma unroll
    for (int i = 0; i < TokensOfThread; i++)
    {
        sum += Share(values[i], most);
    }

    sum = SumOfBlock(sum);
    SYNCHRONIZE();
    if (THREAD == 0)
    {
        Index at = ((Index)kind * draw.rows + row) * BLOCKS_X + BLOCK_X;
        draw.largest[at] = most;
        draw.sums[at] = sum;
    }
}

DEVICE void SumTokens(const Draw &draw)
{
    SumOfTokens(draw, draw.drawn, 0);
    if (draw.plain != draw.drawn)
    {
        SumOfTokens(draw, draw.plain, 1);
    }
}

// The first of some weights whose cumulated sum is above a target, which becomes what is left of it there. Sums of parts and
// of the whole are rounded differently: it stays below the last sum.
DEVICE int Find(const double *weights, int count, double &target)
{
    double whole = 0;
    for (int i = 0; i < count; i++)
    {
        whole += weights[i];
    }

    target = target < whole * JustBelowOne ? target : whole * JustBelowOne;
    double before = 0;
    for (int i = 0; i < count; i++)
    {
        double sum = before + weights[i];
        if (sum > target)
        {
            target -= before;
            return i;
        }

        before = sum;
    }

    return -1;
}

// The logarithm of all shares, of what the blocks of a row have of them, and each block's as float64.
DEVICE float LogarithmOfAll(const Draw &draw, int kind, double *weights, float &most)
{
    int blocks = BlocksOf(draw);
    Index start = ((Index)kind * draw.rows + BLOCK_X) * blocks;
    float own = Lowest;
    for (int block = THREAD; block < blocks; block += THREADS)
    {
        own = draw.largest[start + block] > own ? draw.largest[start + block] : own;
    }

    most = LargestOfBlock(own);
    float sum = 0;
    for (int block = THREAD; block < blocks; block += THREADS)
    {
        float share = draw.sums[start + block] * Share(draw.largest[start + block], most);
        weights[block] = share;
        sum += share;
    }

    float whole = SumOfBlock(sum);
    SYNCHRONIZE();
    const float LogarithmOf2 = 0.693147181f;
    return most + LOGARITHM_2(whole) * LogarithmOf2;
}

// Draws the token of a row: a block finds the block of the vocabulary, in it the sixteenth, the thread and the token.
DEVICE void DrawToken(const Draw &draw)
{
    const int Groups = 16, GroupThreads = DrawThreads / Groups;
    SHARED static double ofBlocks[MostDrawBlocks];
    SHARED static double ofThreads[DrawThreads];
    SHARED static double ofGroups[Groups];
    SHARED static double ofTokens[TokensOfThread];
    SHARED static int foundBlock, foundThread, foundToken;
    SHARED static double left;

    int row = BLOCK_X;
    const float *logits = draw.drawn + (Index)row * draw.vocabulary;
    float most;
    float plainWhole = draw.plain == draw.drawn ? 0 : LogarithmOfAll(draw, 1, ofBlocks, most);
    float drawnWhole = LogarithmOfAll(draw, 0, ofBlocks, most);
    if (THREAD == 0)
    {
        double whole = 0;
        for (int block = 0; block < BlocksOf(draw); block++)
        {
            whole += ofBlocks[block];
        }

        left = draw.uniforms[row] * whole;
        foundBlock = Find(ofBlocks, BlocksOf(draw), left);
        foundThread = foundToken = -1;
    }

    SYNCHRONIZE();
    int first = foundBlock * TokensOfBlock + THREAD * TokensOfThread;
    float shares[TokensOfThread];
    double sum = 0;
#pragma unroll
    for (int i = 0; i < TokensOfThread; i++)
    {
        shares[i] = foundBlock >= 0 && first + i < draw.vocabulary ? Share(logits[first + i], most) : 0;
        sum += shares[i];
    }

    ofThreads[THREAD] = sum;
    SYNCHRONIZE();
    if (THREAD < Groups)
    {
        double ofGroup = 0;
        for (int i = 0; i < GroupThreads; i++)
        {
            ofGroup += ofThreads[THREAD * GroupThreads + i];
        }

        ofGroups[THREAD] = ofGroup;
    }

    SYNCHRONIZE();
    if (THREAD == 0 && foundBlock >= 0)
    {
        int group = Find(ofGroups, Groups, left);
        int within = group < 0 ? -1 : Find(ofThreads + group * GroupThreads, GroupThreads, left);
        foundThread = within < 0 ? -1 : group * GroupThreads + within;
    }

    SYNCHRONIZE();
    if (THREAD == foundThread)
    {
#pragma unroll
        for (int i = 0; i < TokensOfThread; i++)
        {
            ofTokens[i] = shares[i];
        }

        int within = Find(ofTokens, TokensOfThread, left);
        foundToken = within < 0 ? -1 : first + within;
    }

    SYNCHRONIZE();
    if (THREAD == 0)
    {
        Index at = (Index)row * draw.vocabulary + foundToken;
        float notANumber = __builtin_nanf("");
        float drawnLog = foundToken < 0 ? notANumber : draw.drawn[at] - drawnWhole;
        float plainLog = foundToken < 0 ? notANumber : draw.plain == draw.drawn ? drawnLog : draw.plain[at] - plainWhole;
        float both = drawnLog + plainLog;
        draw.tokens[row] = both - both == 0 ? foundToken : -1;
        draw.plainLog[row] = plainLog;
        draw.drawnLog[row] = drawnLog;
    }
}
