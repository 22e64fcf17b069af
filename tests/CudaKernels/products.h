// Compares products of layers with their definition in float64.
#pragma once

#include "support.h"

// The weights of a layer, and its output.
struct LayerCase
{
    std::vector<BrainFloat> weight, bias, output;
    std::vector<float> down, up, upBias, low;
    int outputs, rank;

    LayerCase(int outputs, int rank, int width, int rows)
        : weight(Random<BrainFloat>((long)outputs * width, 0.1f)), bias(Random<BrainFloat>(outputs)),
          output((long)rows * outputs), down(Random<float>((long)rank * width, 0.1f)), up(Random<float>((long)outputs * rank)),
          upBias(Random<float>(outputs)), low((long)rows * rank), outputs(outputs), rank(rank)
    {
    }

    // Every second case has no bias.
    Layer Of(bool hasBias)
    {
        return Layer{weight.data(), hasBias ? bias.data() : nullptr, output.data(), rank ? low.data() : nullptr, up.data(),
            hasBias ? upBias.data() : nullptr, 0.5f, rank, outputs};
    }

    double Wanted(const std::vector<BrainFloat> &input, int width, int row, int at, bool hasBias) const
    {
        double sum = hasBias ? Widen(bias[at]) : 0;
        for (int i = 0; i < width; i++)
        {
            sum += (double)Widen(input[(long)row * width + i]) * Widen(weight[(long)at * width + i]);
        }

        sum = Rounded<BrainFloat>(sum);
        double added = hasBias ? upBias[at] : 0;
        for (int r = 0; r < rank; r++)
        {
            double reduced = 0;
            for (int i = 0; i < width; i++)
            {
                reduced += (double)Widen(input[(long)row * width + i]) * down[(long)r * width + i];
            }

            added += reduced * up[(long)at * rank + r];
        }

        return rank ? Rounded<BrainFloat>(sum + 0.5 * added) : sum;
    }
};

// A number at the border of two roundings may be rounded the other way, which changes its last digit by one.
struct Comparison
{
    double error = 0;
    long different = 0, all = 0;

    void Add(BrainFloat actual, double wanted)
    {
        double own = std::abs(Widen(actual) - wanted);
        error = Larger(error, own / (0.05 + std::abs(wanted)));
        different += own != 0;
        all++;
    }

    void Report(const char *name, double allowed) const
    {
        ::Report(name, error, allowed);
        ::Report("  numbers that are rounded otherwise", (double)different / all, 0.02);
    }
};

// A kernel for products, and how CudaStepRecorder launches it.
struct Multiplication
{
    void (*kernel)(Product);
    int warps, outputsOfBlock;

    void Launch(const Product &product, int blocks, int parts = 1) const
    {
        emulation::Launch(blocks, parts, 32 * warps, [&] { kernel(product); });
    }
};

static const Multiplication Short{multiply_short, 16, 8}, Long{multiply, 8, 8}, ManyOutputs{multiply_many, 4, 32};
static const Multiplication ManyRows{multiply_32_rows, 8, 16}, WithGate{multiply_gated, 4, 32}, InParts{multiply_parts, 4, 32};

static int BlocksFor(int outputs, int ofBlock)
{
    return (outputs + ofBlock - 1) / ofBlock;
}

static void Reduced(std::vector<LayerCase> &layers, const std::vector<BrainFloat> &input, int rows, int width)
{
    Reduction reduction{input.data(), {}, {}, {}, width};
    int ranks = 0;
    for (size_t i = 0; i < layers.size(); i++)
    {
        reduction.down[i] = layers[i].down.data();
        reduction.low[i] = layers[i].low.data();
        reduction.ranks[i] = layers[i].rank;
        ranks += layers[i].rank;
    }

    if (ranks)
    {
        emulation::Launch(ranks, rows, 64, [&] { reduce(reduction); });
    }
}

// Layers with a common input.
static void Products(
    const char *name, const Multiplication &form, int rows, int width, std::vector<std::pair<int, int>> sizes, bool hasBias)
{
    std::vector<BrainFloat> input = Random<BrainFloat>((long)rows * width);
    std::vector<LayerCase> layers;
    for (auto [outputs, rank] : sizes)
    {
        layers.emplace_back(outputs, rank, width, rows);
    }

    Reduced(layers, input, rows, width);
    Product product{input.data(), nullptr, {}, rows, width};
    int blocks = 0;
    for (size_t i = 0; i < layers.size(); i++)
    {
        product.layers[i] = layers[i].Of(hasBias);
        blocks += BlocksFor(layers[i].outputs, form.outputsOfBlock);
    }

    form.Launch(product, blocks);
    Comparison comparison;
    for (const LayerCase &layer : layers)
    {
        for (long i = 0; i < (long)layer.output.size(); i++)
        {
            comparison.Add(layer.output[i], layer.Wanted(input, width, i / layer.outputs, i % layer.outputs, hasBias));
        }
    }

    comparison.Report(name, 1.0 / 64);
}

static void GatedProducts(int rows, int width, int outputs, int rank)
{
    std::vector<BrainFloat> input = Random<BrainFloat>((long)rows * width);
    std::vector<LayerCase> layers{{outputs, rank, width, rows}, {outputs, rank, width, rows}};
    Reduced(layers, input, rows, width);
    Product product{input.data(), nullptr, {layers[0].Of(false), layers[1].Of(true)}, rows, width};
    WithGate.Launch(product, BlocksFor(2 * outputs, WithGate.outputsOfBlock));
    Comparison comparison;
    for (long i = 0; i < (long)layers[0].output.size(); i++)
    {
        int row = i / outputs, at = i % outputs;
        double gate = layers[0].Wanted(input, width, row, at, false);
        double open = Rounded<BrainFloat>(gate / (1 + std::exp(-gate)));
        comparison.Add(layers[0].output[i], Rounded<BrainFloat>(open * layers[1].Wanted(input, width, row, at, true)));
    }

    comparison.Report("product with a gate", 1.0 / 64);
}

// A product in parts, which are added with the residual; then the norm of the sum.
static void Sums(int rows, int width, int outputs, int rank, int parts, bool isWhole)
{
    std::vector<BrainFloat> input = Random<BrainFloat>((long)rows * width), residual = Random<BrainFloat>((long)rows * outputs);
    std::vector<LayerCase> layers{{outputs, rank, width, rows}};
    LayerCase &layer = layers[0];
    Reduced(layers, input, rows, width);
    std::vector<float> partial((long)parts * rows * outputs);
    Product product{input.data(), isWhole ? nullptr : partial.data(), {layer.Of(true)}, rows, width};
    const Multiplication &form = isWhole ? Short : InParts;
    form.Launch(product, BlocksFor(outputs, form.outputsOfBlock), parts);

    std::vector<BrainFloat> sum(residual.size()), gain = Random<BrainFloat>(outputs), normalised(residual.size());
    Addition addition{residual.data(), isWhole ? layer.output.data() : nullptr, partial.data(), layer.Of(true), sum.data(),
        gain.data(), normalised.data(), parts, rows, 1e-6f};
    emulation::Launch(rows, 1, 64, [&] { add(addition); });
    Comparison ofSums, ofNorms;
    for (int row = 0; row < rows; row++)
    {
        double squares = 0;
        for (int i = 0; i < outputs; i++)
        {
            long at = (long)row * outputs + i;
            ofSums.Add(sum[at], Rounded<BrainFloat>(Widen(residual[at]) + layer.Wanted(input, width, row, i, true)));
            squares += std::pow((double)Widen(sum[at]), 2);
        }

        for (int i = 0; i < outputs; i++)
        {
            long at = (long)row * outputs + i;
            double normal = Rounded<BrainFloat>(Widen(sum[at]) / std::sqrt(squares / outputs + 1e-6));
            ofNorms.Add(normalised[at], Rounded<BrainFloat>(normal * Widen(gain[i])));
        }
    }

    ofSums.Report("product added to a residual", 1.0 / 64);
    ofNorms.Report("its norm", 1.0 / 64);
}

// What an adapter adds to an existing output.
static void Updates(int rows, int width, int outputs, int rank)
{
    std::vector<BrainFloat> input = Random<BrainFloat>((long)rows * width);
    std::vector<LayerCase> layers{{outputs, rank, width, rows}};
    LayerCase &layer = layers[0];
    Reduced(layers, input, rows, width);
    LayerCase plain = layer;
    plain.rank = 0;
    for (long i = 0; i < (long)layer.output.size(); i++)
    {
        layer.output[i] = Round<BrainFloat>((float)plain.Wanted(input, width, i / outputs, i % outputs, true));
    }

    emulation::Launch(
        BlocksFor(outputs, 64), BlocksFor(rows, UpdatedRows), 64, [&] { add_update(layer.Of(true), rows); });
    Comparison comparison;
    for (long i = 0; i < (long)layer.output.size(); i++)
    {
        comparison.Add(layer.output[i], layer.Wanted(input, width, i / outputs, i % outputs, true));
    }

    comparison.Report("an adapter's update", 1.0 / 64);
}
