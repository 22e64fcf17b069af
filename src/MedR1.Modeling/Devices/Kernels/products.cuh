// Products of few rows with weights in bfloat16. The weights are read once, as they lie: what counts is how many bytes of
// them are on their way at a time.
#pragma once

#include "layers.cuh"
#include "rows.cuh"

// Up to three layers of the same input.
struct Product
{
    const BrainFloat *input; // [rows, width]
    float *partial;          // [parts, rows, outputs] sums over a part of a row each, of the first layer alone; or null
    Layer layers[3];
    int rows;
    int width;
};

// What becomes of sums: each layer's output; of two layers silu(first) times second; or nothing yet, because other blocks
// have the rest of them.
enum Outcome
{
    Outputs,
    Gated,
    Partial
};

// A lane's eight numbers of some slices of each of its outputs.
template <int OutputTiles, int Depth>
struct Slices
{
    Eight at[Depth][OutputTiles];
};

// The weights of a block's outputs: with a gate, gate and up of the same place take turns.
template <int OutputTiles, Outcome Kind>
struct BlockLayer
{
    static const int Width = 8 * OutputTiles;
    Layer layer;
    int first;

    DEVICE_METHOD BlockLayer(const Product &product) : layer(product.layers[0]), first(BLOCK_X * Width)
    {
        int ofFirst = (product.layers[0].outputs + Width - 1) / Width * Width;
        int ofSecond = (product.layers[1].outputs + Width - 1) / Width * Width;
        if (Kind == Outputs && first >= ofFirst)
        {
            bool isThird = first >= ofFirst + ofSecond;
            first -= isThird ? ofFirst + ofSecond : ofFirst;
            Take(product.layers[1], !isThird);
            Take(product.layers[2], isThird);
        }
    }

    // Number by number: a choice between addresses would keep the layers in memory.
    DEVICE_METHOD void Take(const Layer &other, bool isTaken)
    {
        layer.weight = isTaken ? other.weight : layer.weight;
        layer.bias = isTaken ? other.bias : layer.bias;
        layer.output = isTaken ? other.output : layer.output;
        layer.low = isTaken ? other.low : layer.low;
        layer.up = isTaken ? other.up : layer.up;
        layer.upBias = isTaken ? other.upBias : layer.upBias;
        layer.scale = isTaken ? other.scale : layer.scale;
        layer.rank = isTaken ? other.rank : layer.rank;
        layer.outputs = isTaken ? other.outputs : layer.outputs;
    }

    DEVICE_METHOD int OutputOf(int column) const
    {
        return Kind == Gated ? (first + column) / 2 : first + column;
    }

    DEVICE_METHOD const BrainFloat *WeightOf(const Product &product, int column) const
    {
        int output = OutputOf(column);
        const BrainFloat *weight = Kind == Gated && column % 2 ? product.layers[1].weight : layer.weight;
        return weight + (Index)(output < layer.outputs ? output : layer.outputs - 1) * product.width;
    }
};

// A block makes 8 outputs of each tile for up to 16 rows of each; its warps share a row's slices of 32 numbers, and the
// blocks of the second direction share them too. The order of the numbers in a slice is free as long as rows and weights
// have the same: each lane reads 16 bytes of both.
template <int Warps, int RowTiles, int OutputTiles, int Depth, Outcome Kind>
DEVICE void Multiply(const Product &product)
{
    SHARED static float sums[Warps][RowTiles * OutputTiles * 4][32];
    const int SliceWidth = 32;
    int lane = THREAD % 32, warp = THREAD / 32, group = lane / 4, quarter = lane % 4;

    LET_NEXT_START();
    BlockLayer<OutputTiles, Kind> own(product);
    int width = product.width;
    int slices = (width + SliceWidth - 1) / SliceWidth;
    int begin = Kind == Partial ? BLOCK_Y * slices / BLOCKS_Y : 0;
    int end = Kind == Partial ? (BLOCK_Y + 1) * slices / BLOCKS_Y : slices;
    const BrainFloat *weights[OutputTiles];
#pragma unroll
    for (int tile = 0; tile < OutputTiles; tile++)
    {
        weights[tile] = own.WeightOf(product, 8 * tile + group);
    }

    auto load = [&](Slices<OutputTiles, Depth> &loaded, int first) INLINED {
#pragma unroll
        for (int d = 0; d < Depth; d++)
        {
            int slice = first + d * Warps;
            int at = slice * SliceWidth + 8 * quarter;
#pragma unroll
            for (int tile = 0; tile < OutputTiles; tile++)
            {
                loaded.at[d][tile] = Eight{};
                if (slice < end && at < width)
                {
                    loaded.at[d][tile] = LOAD_ONCE((const Eight *)(weights[tile] + at));
                }
            }
        }
    };

    float sum[RowTiles][OutputTiles][4];
#pragma unroll
    for (int i = 0; i < RowTiles * OutputTiles * 4; i++)
    {
        sum[i / 4 / OutputTiles][i / 4 % OutputTiles][i % 4] = 0;
    }

    // Weights don't depend on what ran before.
    Slices<OutputTiles, Depth> loaded, next;
    load(loaded, begin + warp);
    WAIT_FOR_FORMER();
    for (int first = begin + warp; first < end; first += Warps * Depth)
    {
        load(next, first + Warps * Depth);
#pragma unroll
        for (int d = 0; d < Depth; d++)
        {
            int slice = first + d * Warps;
            int at = slice * SliceWidth + 8 * quarter;
            bool isInside = slice < end && at < width;
#pragma unroll
            for (int tile = 0; tile < RowTiles; tile++)
            {
                int row = 16 * tile + group;
                Eight upper{}, lower{};
                if (isInside && row < product.rows)
                {
                    upper = *(const Eight *)(product.input + (Index)row * width + at);
                }

                if (isInside && row + 8 < product.rows)
                {
                    lower = *(const Eight *)(product.input + (Index)(row + 8) * width + at);
                }

#pragma unroll
                for (int o = 0; o < OutputTiles; o++)
                {
                    const Eight &weight = loaded.at[d][o];
                    ADD_TILE_PRODUCT(
                        sum[tile][o], upper.at[0], lower.at[0], upper.at[1], lower.at[1], weight.at[0], weight.at[1]);
                    ADD_TILE_PRODUCT(
                        sum[tile][o], upper.at[2], lower.at[2], upper.at[3], lower.at[3], weight.at[2], weight.at[3]);
                }
            }
        }

        loaded = next;
    }

#pragma unroll
    for (int i = 0; i < RowTiles * OutputTiles * 4; i++)
    {
        sums[warp][i][lane] = sum[i / 4 / OutputTiles][i / 4 % OutputTiles][i % 4];
    }

    SYNCHRONIZE();

    // Two neighbouring columns of a row at a time.
    for (int pair = THREAD; pair < RowTiles * OutputTiles * 2 * 32; pair += THREADS)
    {
        int place = pair / 32, within = pair % 32;
        float left = 0, right = 0;
#pragma unroll
        for (int w = 0; w < Warps; w++)
        {
            left += sums[w][2 * place][within];
            right += sums[w][2 * place + 1][within];
        }

        int tile = place / 2;
        int row = tile / OutputTiles * 16 + place % 2 * 8 + within / 4;
        int output = own.OutputOf(tile % OutputTiles * 8 + within % 4 * 2);
        if (row >= product.rows || output >= own.layer.outputs)
        {
            continue;
        }

        Index at = (Index)row * own.layer.outputs + output;
        bool hasRight = output + 1 < own.layer.outputs;
        if (Kind == Partial)
        {
            float *partial = product.partial + (Index)BLOCK_Y * product.rows * own.layer.outputs + at;
            partial[0] = left;
            if (hasRight)
            {
                partial[1] = right;
            }
        }
        else if (Kind == Gated)
        {
            float gate = Finished(own.layer, left, row, output), up = Finished(product.layers[1], right, row, output);
            own.layer.output[at] = Round<BrainFloat>(Opened<BrainFloat>(gate) * up);
        }
        else
        {
            // Both are made before one is written: what they read may be on its way together.
            left = Finished(own.layer, left, row, output);
            right = hasRight ? Finished(own.layer, right, row, output + 1) : 0;
            own.layer.output[at] = Round<BrainFloat>(left);
            if (hasRight)
            {
                own.layer.output[at + 1] = Round<BrainFloat>(right);
            }
        }
    }
}
