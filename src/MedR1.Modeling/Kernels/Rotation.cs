using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Rotates bfloat16 vectors in float32 with one rounding, on the CPU and without gradient.</summary>
internal static unsafe class Rotation
{
    private const int TokensPerPart = 32;
    private const int WidestVector = 1024;

    /// <summary>Whether gradients are disabled and the layouts and data types are supported.</summary>
    /// <param name="vectors"><c>[N, heads, d]</c></param>
    /// <param name="cosine"><c>[N, 1, d]</c></param>
    public static bool Fits(Tensor vectors, Tensor cosine) =>
        !is_grad_enabled() && vectors.device_type == DeviceType.CPU && vectors.dtype == ScalarType.BFloat16
        && vectors.dim() == 3 && vectors.stride(2) == 1 && vectors.shape[2] <= WidestVector
        && cosine.dtype == ScalarType.Float32 && cosine.is_contiguous()
        && cosine.shape[0] == vectors.shape[0] && cosine.shape[2] == vectors.shape[2];

    /// <param name="vectors"><c>[N, heads, d]</c></param>
    /// <param name="cosine"><c>[N, 1, d]</c></param>
    /// <param name="signedSine"><c>[N, 1, d]</c>, the first half including the minus sign of the rotation.</param>
    /// <returns>A new tensor of the shape and data type of <paramref name="vectors"/>.</returns>
    public static Tensor Apply(Tensor vectors, Tensor cosine, Tensor signedSine)
    {
        long[] shape = vectors.shape;
        Tensor result = empty(shape, ScalarType.BFloat16, CPU);
        Job job = new()
        {
            Vectors = (ushort*)TensorMemory.AddressOf(vectors),
            Cosine = (float*)TensorMemory.AddressOf(cosine),
            SignedSine = (float*)TensorMemory.AddressOf(signedSine),
            Result = (ushort*)TensorMemory.AddressOf(result),
            TokenStride = vectors.stride(0),
            HeadStride = vectors.stride(1),
            Tokens = (int)shape[0],
            Heads = (int)shape[1],
            Width = (int)shape[2],
        };
        TorchThreads.Run((job.Tokens + TokensPerPart - 1) / TokensPerPart, &Compute, &job);
        GC.KeepAlive(vectors);
        GC.KeepAlive(cosine);
        GC.KeepAlive(signedSine);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compute(void* state, int part)
    {
        Job* job = (Job*)state;
        int d = job->Width, half = d / 2;
        float* vector = stackalloc float[d + half];
        float* turned = stackalloc float[d];
        int end = Math.Min(job->Tokens, (part + 1) * TokensPerPart);
        for (int token = part * TokensPerPart; token < end; token++)
        {
            for (int head = 0; head < job->Heads; head++)
            {
                BrainFloats.Widen(job->Vectors + token * job->TokenStride + head * job->HeadStride, vector, d);

                // The first half is repeated after the second, so that the partner of dimension j is always at j + d/2.
                new ReadOnlySpan<float>(vector, half).CopyTo(new Span<float>(vector + d, half));
                Turn(vector, job->Cosine + (long)token * d, job->SignedSine + (long)token * d, turned, d);
                BrainFloats.Round(turned, job->Result + ((long)token * job->Heads + head) * d, d);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(float* vector, float* cosine, float* signedSine, float* turned, int d)
    {
        int at = 0, half = d / 2;
        for (; at + 16 <= d; at += 16)
        {
            Vector512<float> straight = Vector512.Load(vector + at) * Vector512.Load(cosine + at);
            Vector512<float> swapped = Vector512.Load(vector + at + half) * Vector512.Load(signedSine + at);
            (straight + swapped).Store(turned + at);
        }

        for (; at < d; at++)
        {
            turned[at] = vector[at] * cosine[at] + vector[at + half] * signedSine[at];
        }
    }

    private struct Job
    {
        public ushort* Vectors;
        public float* Cosine;
        public float* SignedSine;
        public ushort* Result;
        public long TokenStride;
        public long HeadStride;
        public int Tokens;
        public int Heads;
        public int Width;
    }
}
