// Operators that stand for several of libtorch's, in float32 and bfloat16.
#include "attention.cuh"
#include "draw.cuh"
#include "rows.cuh"

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

GLOBAL void sum_tokens_float32(Draw draw)
{
    SumTokens(draw);
}

GLOBAL void draw_token_float32(Draw draw)
{
    DrawToken(draw);
}
