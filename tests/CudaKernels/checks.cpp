// Checks the kernels of decoding.cu on the CPU against their definitions in float64: scripts/build-cuda-kernels.sh.
#include "emulation.h"

#include "../../src/MedR1.Modeling/Devices/Kernels/decoding.cu"

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

static void Report(const char *name, double error, double allowed)
{
    bool isGood = error <= allowed; // Not so for NaN.
    failed |= !isGood;
    std::printf("%-40s error %.2g, allowed %.2g%s\n", name, error, allowed, isGood ? "" : "  FAILED");
}

template <class T>
static double Normalisation(int rows, int width, int threads)
{
    std::vector<T> input = Random<T>((long)rows * width), gain = Random<T>(width), output(input.size());
    emulation::Launch(rows, 1, threads, [&] { Normalise<T>(input.data(), gain.data(), output.data(), width, 1e-6f); });
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
            error = std::max(error, std::abs(Widen(output[at]) - wanted) / (1e-3 + std::abs(wanted)));
        }
    }

    return error;
}

template <class T>
static double Gates(long count)
{
    std::vector<T> gate = Random<T>(count, 20), up = Random<T>(count), output(count);
    float extremes[] = {-3e4f, -200, -89, 0, 89, 200, 3e4f};
    std::transform(std::begin(extremes), std::end(extremes), gate.begin(), Round<T>);
    emulation::Launch(3, 1, 64, [&] { Gate<T>(gate.data(), up.data(), output.data(), count); });
    double error = 0;
    for (long i = 0; i < count; i++)
    {
        double open = Rounded<T>(Widen(gate[i]) / (1 + std::exp(-(double)Widen(gate[i]))));
        double wanted = Rounded<T>(open * Widen(up[i]));
        double own = std::abs(Widen(output[i]) - wanted) / (1e-6 + std::abs(wanted));
        error = own <= error ? error : own;
    }

    return error;
}

template <class T>
static double Rotation(int tokens, int heads, int width)
{
    std::vector<T> input = Random<T>((long)tokens * heads * width), output(input.size());
    std::vector<T> cosine = Random<T>(tokens * width), sine = Random<T>(tokens * width);
    emulation::Launch(2, 1, 64, [&] {
        Rotate<T>(input.data(), cosine.data(), sine.data(), output.data(), heads, width, (Index)input.size());
    });
    double error = 0;
    for (int at = 0; at < (int)input.size(); at++)
    {
        int i = at % width, angle = at / (heads * width) * width + i;
        int other = at - i + (i + width - width / 2) % width;
        double straight = Rounded<T>((double)Widen(input[at]) * Widen(cosine[angle]));
        double wanted = Rounded<T>(straight + (double)Widen(input[other]) * Widen(sine[angle]));
        error = std::max(error, std::abs(Widen(output[at]) - wanted));
    }

    return error;
}

template <class T>
static double Attention(int prompts, int samples, int keyValueHeads, int heads, int width, int promptCapacity, int rowCapacity)
{
    int places = prompts * samples, promptSlots = prompts + 2, rowSlots = places + 3;
    std::vector<Index> slots(prompts), lengths(prompts), rows(places), own(places);
    for (int prompt = 0; prompt < prompts; prompt++)
    {
        slots[prompt] = (prompt + 1) % promptSlots;
        lengths[prompt] = 1 + generator() % promptCapacity;
    }

    for (int place = 0; place < places; place++)
    {
        rows[place] = rowSlots - 1 - place;
        own[place] = generator() % rowCapacity;
    }

    long vectors = (long)keyValueHeads * width;
    std::vector<T> queries = Random<T>(places * vectors * heads), keys = Random<T>(places * vectors);
    std::vector<T> values = Random<T>(places * vectors), output(queries.size());
    std::vector<T> promptKeys = Random<T>(promptSlots * promptCapacity * vectors);
    std::vector<T> promptValues = Random<T>(promptSlots * promptCapacity * vectors);
    std::vector<T> rowKeys = Random<T>(rowSlots * rowCapacity * vectors);
    std::vector<T> rowValues = Random<T>(rowSlots * rowCapacity * vectors);
    Step<T> step{queries.data(), keys.data(), values.data(), promptKeys.data(), promptValues.data(), rowKeys.data(),
        rowValues.data(), output.data(), rows.data(), own.data(), slots.data(), lengths.data(), samples, keyValueHeads,
        heads, width, promptCapacity, rowCapacity, (float)(1 / std::sqrt((double)width) / std::log(2.0))};
    emulation::Launch(places, keyValueHeads, 32 * Warps, [&] { Attend<T>(step); });

    double error = 0;
    for (int place = 0; place < places; place++)
    {
        for (int head = 0; head < keyValueHeads; head++)
        {
            int prompt = place / samples, total = (int)(lengths[prompt] + own[place]) + 1;
            long newest = ((long)place * keyValueHeads + head) * width;
            auto at = [&](std::vector<T> &ofPrompts, std::vector<T> &ofRows, int key) {
                return key < lengths[prompt]
                    ? &ofPrompts[((slots[prompt] * keyValueHeads + head) * promptCapacity + key) * width]
                    : &ofRows[((rows[place] * keyValueHeads + head) * rowCapacity + key - lengths[prompt]) * width];
            };
            for (int i = 0; i < width; i++)
            {
                // The cache must have the new token.
                error += std::abs(Widen(at(promptKeys, rowKeys, total - 1)[i]) - Widen(keys[newest + i]));
                error += std::abs(Widen(at(promptValues, rowValues, total - 1)[i]) - Widen(values[newest + i]));
            }

            for (int h = 0; h < heads; h++)
            {
                std::vector<double> weights;
                for (int key = 0; key < total; key++)
                {
                    double product = 0;
                    for (int i = 0; i < width; i++)
                    {
                        product += (double)Widen(queries[newest * heads + h * width + i]) * Widen(at(promptKeys, rowKeys, key)[i]);
                    }

                    weights.push_back(std::exp(product / std::sqrt((double)width)));
                }

                for (int i = 0; i < width; i++)
                {
                    double sum = 0, whole = 0;
                    for (int key = 0; key < total; key++)
                    {
                        whole += weights[key];
                        sum += weights[key] * Widen(at(promptValues, rowValues, key)[i]);
                    }

                    error = std::max(error, std::abs(sum / whole - Widen(output[newest * heads + h * width + i])));
                }
            }
        }
    }

    return error;
}

int main()
{
    Report("normalisation, float32", Normalisation<float>(3, 1536, 256), 1e-6);
    Report("normalisation, bfloat16", Normalisation<BrainFloat>(3, 3584, 256), 1e-2);
    Report("normalisation, a short row", Normalisation<float>(2, 20, 32), 1e-6);
    Report("gate, float32", Gates<float>(4096), 1e-6);
    Report("gate, bfloat16", Gates<BrainFloat>(4096), 1e-2);
    Report("rotation, float32", Rotation<float>(5, 3, 16), 1e-6);
    Report("rotation, bfloat16", Rotation<BrainFloat>(4, 2, 128), 3e-2);
    for (int heads = 1; heads <= MostHeads; heads++)
    {
        Report("attention, float32", Attention<float>(2, 3, 2, heads, heads % 2 ? 20 : 128, 37, 9), 2e-6);
        Report("attention, bfloat16", Attention<BrainFloat>(1, 3, 2, heads, heads % 3 ? 128 : 64, 70, 20), 1e-2);
    }

    std::printf(failed ? "FAILED\n" : "all within their bounds\n");
    return failed;
}
