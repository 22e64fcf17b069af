// Compares the attention of a step with its definition in float64.
#pragma once

#include "support.h"

// The result of Rotate for [places, heads, width].
static std::vector<BrainFloat> TurnedAll(
    const std::vector<BrainFloat> &vectors, const std::vector<BrainFloat> &cosine, const std::vector<BrainFloat> &sine, int heads,
    int width)
{
    std::vector<BrainFloat> turned(vectors.size());
    emulation::Launch(1, 1, 64, [&] {
        rotate_bfloat16(vectors.data(), cosine.data(), sine.data(), turned.data(), heads, width, (Index)vectors.size());
    });
    return turned;
}

static void attend(const Step<float> &step)
{
    attend_float32(step);
}

static void attend(const Step<BrainFloat> &step)
{
    attend_bfloat16(step);
}

// Runs the kernel for heads of any width, or the one that also rotates queries and keys.
template <class T, bool ByTiles>
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
    if constexpr (ByTiles)
    {
        std::vector<T> cosine = Random<T>(places * width), sine = Random<T>(places * width);
        TurningStep turning{step, cosine.data(), sine.data()};
        emulation::Launch(places, keyValueHeads, 32 * Warps, [&] { attend_turned(turning); });
        queries = TurnedAll(queries, cosine, sine, keyValueHeads * heads, width);
        keys = TurnedAll(keys, cosine, sine, keyValueHeads, width);
    }
    else
    {
        emulation::Launch(places, keyValueHeads, 32 * Warps, [&] { attend(step); });
    }

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
                // The cache must contain the new token.
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

                    error = Larger(error, std::abs(sum / whole - Widen(output[newest * heads + h * width + i])));
                }
            }
        }
    }

    return error;
}
