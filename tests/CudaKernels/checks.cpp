// Checks the kernels on the CPU against their definitions in float64: scripts/build-cuda-kernels.sh.
#include "attention.h"
#include "draw.h"
#include "products.h"
#include "rows.h"

int main()
{
    Report("normalisation, float32", Normalisation<float>(normalise_float32, 3, 1536, 256), 1e-6);
    Report("normalisation, bfloat16", Normalisation<BrainFloat>(normalise_bfloat16, 3, 3584, 256), 1e-2);
    Report("normalisation, a short row", Normalisation<float>(normalise_float32, 2, 20, 32), 1e-6);
    Report("gate, float32", Gates<float>(gate_float32, 4096), 1e-6);
    Report("gate, bfloat16", Gates<BrainFloat>(gate_bfloat16, 4096), 1e-2);
    Report("rotation, float32", Rotation<float>(rotate_float32, 5, 3, 16), 1e-6);
    Report("rotation, bfloat16", Rotation<BrainFloat>(rotate_bfloat16, 4, 2, 128), 3e-2);
    for (int heads = 1; heads <= MostHeads; heads++)
    {
        Report("attention, float32", Attention<float, false>(2, 3, 2, heads, heads % 2 ? 20 : 128, 37, 9), 2e-6);
        Report("attention, bfloat16", Attention<BrainFloat, false>(1, 3, 2, heads, heads % 3 ? 128 : 64, 70, 20), 1e-2);
        Report("attention by tiles", Attention<BrainFloat, true>(2, 2, 2, heads, 128, 30 + 40 * heads, 9), 1e-2);
    }

    // Of each kernel for products one with more numbers in a row than a block reads at a time.
    Products("product, 5 rows", Short, 5, 2048, {{24, 0}}, true);
    Products("product, 16 rows", Short, 16, 512, {{37, 0}, {16, 0}, {8, 0}}, true);
    Products("product, an adapter", Short, 9, 104, {{40, 0}, {16, 3}, {24, 8}}, false);
    Products("product, long rows", Long, 13, 2248, {{19, 3}, {8, 0}}, true);
    Products("product, many outputs", ManyOutputs, 16, 904, {{70, 8}}, false);
    Products("product, 27 rows", ManyRows, 27, 1160, {{24, 8}, {18, 0}, {3, 4}}, true);
    GatedProducts(8, 840, 52, 0);
    GatedProducts(3, 96, 21, 4);
    Sums(5, 2400, 64, 0, 5, false);
    Sums(3, 96, 24, 4, 2, false);
    Sums(2, 96, 24, 4, 1, true);

    Updates(19, 96, 70, 5);
    Updates(8, 64, 64, 16);
    Updates(2, 1600, 24, 4);

    Draws("draw", 40, 5000, false);
    Draws("draw, other logits plain", 12, 151936 / 8, true);
    Draws("draw, few tokens", 9, 7, true);
    DrawsOfNothing();

    std::printf(failed ? "FAILED\n" : "all within their bounds\n");
    return failed;
}
