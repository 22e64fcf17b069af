// What a decoding step in bfloat16 is made of. On GPUs from Hopper on each kernel starts while the one before it is still at
// work, and waits for it only where it needs what that makes.
#include "layers.cuh"
#include "products.cuh"
#include "sums.cuh"
#include "tile_attention.cuh"

// The sizes were the fastest on an H200; what they are called says what for.
GLOBAL void multiply_short(Product product)
{
    Multiply<16, 1, 1, 3, Outputs>(product);
}

GLOBAL void multiply(Product product)
{
    Multiply<8, 1, 1, 2, Outputs>(product);
}

GLOBAL void multiply_many(Product product)
{
    Multiply<4, 1, 4, 3, Outputs>(product);
}

GLOBAL void multiply_32_rows(Product product)
{
    Multiply<8, 2, 2, 2, Outputs>(product);
}

GLOBAL void multiply_gated(Product product)
{
    Multiply<4, 1, 4, 2, Gated>(product);
}

GLOBAL void multiply_parts(Product product)
{
    Multiply<4, 1, 4, 3, Partial>(product);
}

GLOBAL void reduce(Reduction reduction)
{
    Reduce(reduction);
}

GLOBAL void add_update(Layer layer, int rows)
{
    AddUpdate(layer, rows);
}

GLOBAL void add(Addition addition)
{
    AddAndNormalise(addition);
}

GLOBAL void attend_turned(TurningStep step)
{
    AttendByTiles(step);
}
