// Runs the threads of a CUDA block one after another on the CPU, each on a separate stack, up to the next point where
// they wait for each other. It replaces the GPU functions in numbers.cuh; blocks run in order.
#pragma once

#include <ucontext.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

namespace emulation
{
struct Thread
{
    ucontext_t context;
    std::vector<char> stack = std::vector<char>(256 << 10);
    int exchanges = 0;
    int barriers = 0;
    bool isDone = false;
};

inline std::vector<Thread> threads;
inline ucontext_t scheduler;
inline std::function<void()> kernel;
inline float exchanged[2][1024];
inline unsigned fragments[2][1024][6];
inline int thread, blockX, blockY, blocksX, blocksY;

inline void Yield()
{
    int own = thread;
    swapcontext(&threads[own].context, &scheduler);
    thread = own;
}

inline void WaitFor(int first, int count, int Thread::*passed, int number)
{
    for (bool all = false; !all;)
    {
        all = true;
        for (int i = first; i < first + count; i++)
        {
            if (threads[i].*passed < number)
            {
                all = false;
                if (threads[i].isDone)
                {
                    std::printf("thread %d has ended while others of its warp or block wait\n", i);
                    std::exit(1);
                }
            }
        }

        if (!all)
        {
            Yield();
        }
    }
}

inline float Exchange(float value, int lane)
{
    int warp = thread / 32 * 32, number = ++threads[thread].exchanges;
    float *slots = exchanged[number & 1];
    slots[thread] = value;
    WaitFor(warp, 32, &Thread::exchanges, number);
    return slots[warp + lane];
}

inline float Half(unsigned word, int half)
{
    unsigned bits = (half ? word >> 16 : word & 0xffff) << 16;
    return __builtin_bit_cast(float, bits);
}

// The layout of fragments in the PTX manual ("mma.m16n8k16", floating point): lane 4 g + t has, of A, rows g and g + 8, columns
// 2 t and 2 t + 1, and the same 8 columns further; of B, these as rows of column g; of the sums, columns 2 t and 2 t + 1.
inline void AddTileProduct(
    float (&sums)[4], unsigned a0, unsigned a1, unsigned a2, unsigned a3, unsigned b0, unsigned b1)
{
    int warp = thread / 32 * 32, lane = thread % 32, number = ++threads[thread].exchanges;
    auto *all = fragments[number & 1];
    unsigned own[6] = {a0, a1, a2, a3, b0, b1};
    std::copy(own, own + 6, all[thread]);
    WaitFor(warp, 32, &Thread::exchanges, number);
    for (int i = 0; i < 4; i++)
    {
        int row = lane / 4, column = lane % 4 * 2 + i % 2;
        for (int k = 0; k < 16; k++)
        {
            const unsigned *left = all[warp + 4 * row + k % 8 / 2], *right = all[warp + 4 * column + k % 8 / 2];
            sums[i] += Half(left[k / 8 * 2 + i / 2], k % 2) * Half(right[4 + k / 8], k % 2);
        }
    }
}

inline void Synchronize()
{
    WaitFor(0, (int)threads.size(), &Thread::barriers, ++threads[thread].barriers);
}

inline void Start()
{
    kernel();
    threads[thread].isDone = true;
    swapcontext(&threads[thread].context, &scheduler);
}

inline void Launch(int x, int y, int count, std::function<void()> work)
{
    kernel = work;
    blocksX = x;
    blocksY = y;
    for (blockY = 0; blockY < y; blockY++)
    {
        for (blockX = 0; blockX < x; blockX++)
        {
            threads.resize(count);
            for (Thread &one : threads)
            {
                one.exchanges = one.barriers = 0;
                one.isDone = false;
                getcontext(&one.context);
                one.context.uc_stack.ss_sp = one.stack.data();
                one.context.uc_stack.ss_size = one.stack.size();
                makecontext(&one.context, Start, 0);
            }

            for (bool any = true; any;)
            {
                any = false;
                for (int i = 0; i < count; i++)
                {
                    if (!threads[i].isDone)
                    {
                        any = true;
                        thread = i;
                        swapcontext(&scheduler, &threads[i].context);
                    }
                }
            }
        }
    }
}
}

#define MEDR1_EMULATED
#define GLOBAL extern "C"
#define DEVICE static inline
#define DEVICE_METHOD inline
#define INLINED
#define SHARED
#define THREAD emulation::thread
#define THREADS ((int)emulation::threads.size())
#define BLOCK_X emulation::blockX
#define BLOCK_Y emulation::blockY
#define BLOCKS_X emulation::blocksX
#define BLOCKS_Y emulation::blocksY
#define SHUFFLE_XOR(value, mask) emulation::Exchange(value, (emulation::thread % 32) ^ (mask))
#define SHUFFLE(value, lane) emulation::Exchange(value, lane)
#define SYNCHRONIZE() emulation::Synchronize()
#define POWER_OF_2(value) std::exp2(value)
#define LOGARITHM_2(value) std::log2(value)
#define INVERSE_ROOT(value) (1.0f / std::sqrt(value))
#define LOAD_ONCE(numbers) (*(numbers))
#define ADD_TILE_PRODUCT(sums, a0, a1, a2, a3, b0, b1) emulation::AddTileProduct(sums, a0, a1, a2, a3, b0, b1)
#define LET_NEXT_START()
#define WAIT_FOR_FORMER()
