// Numbers, and what kernels use of a GPU. The built-in functions are those of clang's NVPTX back end; on the CPU
// tests/CudaKernels/emulation.h stands in for them.
#pragma once

#ifndef MEDR1_EMULATED
#define GLOBAL extern "C" __attribute__((global))
#define DEVICE static __attribute__((device)) inline __attribute__((always_inline))
#define DEVICE_METHOD __attribute__((device)) inline __attribute__((always_inline))
#define INLINED __attribute__((always_inline))
#define SHARED __attribute__((shared))
#define THREAD ((int)__nvvm_read_ptx_sreg_tid_x())
#define THREADS ((int)__nvvm_read_ptx_sreg_ntid_x())
#define BLOCK_X ((int)__nvvm_read_ptx_sreg_ctaid_x())
#define BLOCK_Y ((int)__nvvm_read_ptx_sreg_ctaid_y())
#define BLOCKS_X ((int)__nvvm_read_ptx_sreg_nctaid_x())
#define BLOCKS_Y ((int)__nvvm_read_ptx_sreg_nctaid_y())
#define EVERY_LANE 0xffffffffu
#define SHUFFLE_XOR(value, mask) __nvvm_shfl_sync_bfly_f32(EVERY_LANE, value, mask, 31)
#define SHUFFLE(value, lane) __nvvm_shfl_sync_idx_f32(EVERY_LANE, value, lane, 31)

// Not __syncthreads(): clang 14 moves loads of static shared memory across it, which it takes to be nobody else's.
#define SYNCHRONIZE() asm volatile("bar.sync 0;" ::: "memory")
#define POWER_OF_2(value) __nvvm_ex2_approx_f(value)
#define LOGARITHM_2(value) __nvvm_lg2_approx_f(value)
#define INVERSE_ROOT(value) __nvvm_rsqrt_approx_f(value)
#define LOAD_ONCE(numbers) LoadOnce(numbers)
#define ADD_TILE_PRODUCT(sums, a0, a1, a2, a3, b0, b1) AddTileProduct(sums, a0, a1, a2, a3, b0, b1)
#ifdef MEDR1_EARLY_START
#define LET_NEXT_START() asm volatile("griddepcontrol.launch_dependents;" ::: "memory")
#define WAIT_FOR_FORMER() asm volatile("griddepcontrol.wait;" ::: "memory")
#else
#define LET_NEXT_START()
#define WAIT_FOR_FORMER()
#endif
#endif

typedef long long Index;

const float Lowest = -__builtin_inff();

struct BrainFloat
{
    unsigned short bits;
};

// Four numbers that lie one after another, aligned to their size.
template <class T>
struct alignas(4 * sizeof(T)) Four
{
    T at[4];
};

// Eight numbers in bfloat16, two in each word, of which the first has the lower half.
struct alignas(16) Eight
{
    unsigned at[4];
};

DEVICE float Widen(float value)
{
    return value;
}

DEVICE float Widen(BrainFloat value)
{
    return __builtin_bit_cast(float, (unsigned)value.bits << 16);
}

DEVICE float RoundAs(float value, float)
{
    return value;
}

// To the nearest, ties to even.
DEVICE BrainFloat RoundAs(float value, BrainFloat)
{
    unsigned bits = __builtin_bit_cast(unsigned, value);
    unsigned rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    return BrainFloat{(unsigned short)(value != value ? 0x7fc0 : rounded)};
}

template <class T>
DEVICE T Round(float value)
{
    return RoundAs(value, T());
}

#ifndef MEDR1_EMULATED
// Of what a kernel reads once nothing need stay near the processors.
DEVICE Eight LoadOnce(const Eight *numbers)
{
    Eight loaded;
    asm volatile("ld.global.nc.L1::no_allocate.L2::256B.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(loaded.at[0]), "=r"(loaded.at[1]), "=r"(loaded.at[2]), "=r"(loaded.at[3])
                 : "l"(numbers));
    return loaded;
}

// The product of a tile of 16 x 16 and one of 16 x 8, which a warp has in its registers, added to sums of 16 x 8: the
// PTX manual draws what each lane has of them ("Matrix fragments for mma.m16n8k16").
DEVICE void AddTileProduct(
    float (&sums)[4], unsigned a0, unsigned a1, unsigned a2, unsigned a3, unsigned b0, unsigned b1)
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
                 "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
                 : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}
#endif

// e^value; the fraction and the whole power of two apart, so that large values keep their digits.
DEVICE float Exponential(float value)
{
    const float PowersInE = 1.44269502f;
    const float PowersInERest = 1.92596303e-8f;
    float powers = value * PowersInE;
    float whole = __builtin_floorf(powers + 0.5f);
    whole = whole < -126.0f ? -126.0f : whole > 127.0f ? 127.0f : whole;
    float fraction = __builtin_fmaf(value, PowersInE, -whole) + value * PowersInERest;
    fraction = fraction < -126.0f ? -126.0f : fraction;
    return POWER_OF_2(fraction) * __builtin_bit_cast(float, (unsigned)((int)whole + 127) << 23);
}

// The sum over all threads of a block, for each of them.
DEVICE float SumOfBlock(float value)
{
    SHARED static float sums[32];
    for (int mask = 16; mask > 0; mask /= 2)
    {
        value += SHUFFLE_XOR(value, mask);
    }

    if (THREAD % 32 == 0)
    {
        sums[THREAD / 32] = value;
    }

    SYNCHRONIZE();
    float sum = 0;
    for (int warp = 0; warp < THREADS / 32; warp++)
    {
        sum += sums[warp];
    }

    return sum;
}
