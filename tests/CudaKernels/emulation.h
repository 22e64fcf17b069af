// Runs the threads of a CUDA block one after another on the CPU, each on a stack of its own, up to the next point where
// they wait for each other. It stands in for the built-in functions that decoding.cu names; blocks run in order.
#pragma once

#include <ucontext.h>

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
inline int thread, blockX, blockY, blocksX;

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
    for (blockY = 0; blockY < y; blockY++)
    {
        for (blockX = 0; blockX < x; blockX++)
        {
            threads = std::vector<Thread>(count);
            for (Thread &one : threads)
            {
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
#define SHARED
#define THREAD emulation::thread
#define THREADS ((int)emulation::threads.size())
#define BLOCK_X emulation::blockX
#define BLOCK_Y emulation::blockY
#define BLOCKS_X emulation::blocksX
#define SHUFFLE_XOR(value, mask) emulation::Exchange(value, (emulation::thread % 32) ^ (mask))
#define SHUFFLE(value, lane) emulation::Exchange(value, lane)
#define SYNCHRONIZE() emulation::Synchronize()
#define POWER_OF_2(value) std::exp2(value)
#define INVERSE_ROOT(value) (1.0f / std::sqrt(value))
