using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// <c>y += s · (x Aᵀ Bᵀ + b)</c> without gradient on the CPU, with A, B and b in float32, x and y in float32 or bfloat16, and one
/// rounding. The result of a row does not depend on other rows, bit for bit.
/// </summary>
internal static unsafe class LowRankProduct
{
    // The size of a part, whose sums are on the stack.
    private const int OutputsPerPart = 256;
    private const int RowsAtOnce = 16;

    // Fewer products than this take less time than starting a second thread.
    private const long FewestProducts = 1 << 18;

    /// <summary>Whether gradients are disabled and the layouts and data types are supported.</summary>
    /// <param name="input"><c>[…, width]</c></param>
    /// <param name="down">A, <c>[rank, width]</c>.</param>
    /// <param name="up">B, <c>[outputs, rank]</c>.</param>
    /// <param name="bias">b, <c>[outputs]</c>, or null.</param>
    public static bool Fits(Tensor input, Tensor down, Tensor up, Tensor? bias) =>
        !is_grad_enabled() && input.device_type == DeviceType.CPU && input.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && IsMatrix(down) && IsMatrix(up) && input.shape[^1] == down.shape[1] && down.shape[0] == up.shape[1]
        && (bias is null || (bias.dtype == ScalarType.Float32 && bias.is_contiguous()));

    /// <summary>Adds the product in place; temporaries go to the current dispose scope.</summary>
    /// <param name="result">y, <c>[…, outputs]</c>, contiguous, in float32 or bfloat16.</param>
    /// <param name="input">x</param>
    /// <param name="down">A</param>
    /// <param name="up">B</param>
    /// <param name="bias">b, or null.</param>
    /// <param name="scale">s</param>
    public static void AddTo(Tensor result, Tensor input, Tensor down, Tensor up, Tensor? bias, double scale)
    {
        if (input.numel() == 0)
        {
            return;
        }

        Tensor rows = input.to(ScalarType.Float32).contiguous();
        int width = (int)down.shape[1], rank = (int)down.shape[0], outputs = (int)up.shape[0];
        int count = (int)(rows.numel() / width);
        Tensor low = empty([count, rank], ScalarType.Float32, CPU);
        Job job = new()
        {
            Low = (float*)TensorMemory.AddressOf(low),
            Up = (float*)TensorMemory.AddressOf(up),
            Bias = bias is null ? null : (float*)TensorMemory.AddressOf(bias),
            Result = (void*)TensorMemory.AddressOf(result),
            IsBrainFloat = result.dtype == ScalarType.BFloat16,
            Scale = (float)scale,
            Count = count,
            Rank = rank,
            Outputs = outputs,
        };
        FloatProduct.Multiply(
            (float*)TensorMemory.AddressOf(rows), (float*)TensorMemory.AddressOf(down), null, null, job.Low, count, width, rank);
        TorchThreads.Run(Divide(job), &Compute, &job, isShort: (long)count * rank * outputs < FewestProducts);
        GC.KeepAlive(down);
        GC.KeepAlive(up);
        GC.KeepAlive(bias);
        GC.KeepAlive(result);
    }

    /// <summary>Returns the number of parts of the product with B.</summary>
    public static int Divide(in Job job) => (job.Outputs + OutputsPerPart - 1) / OutputsPerPart;

    private static bool IsMatrix(Tensor tensor) =>
        tensor.dtype == ScalarType.Float32 && tensor.dim() == 2 && tensor.is_contiguous();

    /// <summary>Computes a part of the product with B and adds it.</summary>
    [SkipLocalsInit]
    public static void Compute(void* state, int part)
    {
        Job* job = (Job*)state;
        int first = part * OutputsPerPart;
        int outputs = Math.Min(OutputsPerPart, job->Outputs - first);
        float* sums = stackalloc float[RowsAtOnce * OutputsPerPart];
        for (int row = 0; row < job->Count; row += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, job->Count - row);
            FloatProduct.Block(
                job->Low + (long)row * job->Rank, job->Up + (long)first * job->Rank, sums, count, job->Rank, outputs,
                OutputsPerPart);
            for (int i = 0; i < count; i++)
            {
                long at = (long)(row + i) * job->Outputs + first;
                float* bias = job->Bias == null ? null : job->Bias + first;
                if (job->IsBrainFloat)
                {
                    Add(sums + i * OutputsPerPart, bias, job->Scale, (ushort*)job->Result + at, outputs);
                }
                else
                {
                    Add(sums + i * OutputsPerPart, bias, job->Scale, (float*)job->Result + at, outputs);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* sums, float* bias, float scale, ushort* result, int count)
    {
        int at = 0;
        for (; bias == null && at + 32 <= count; at += 32)
        {
            (Vector512<float> low, Vector512<float> high) = BrainFloats.Widen(Vector512.Load(result + at));
            low = Vector512.FusedMultiplyAdd(Vector512.Load(sums + at), Vector512.Create(scale), low);
            high = Vector512.FusedMultiplyAdd(Vector512.Load(sums + at + 16), Vector512.Create(scale), high);
            BrainFloats.Round(low, high).Store(result + at);
        }

        for (; at < count; at++)
        {
            float sum = bias == null ? sums[at] : sums[at] + bias[at];
            result[at] = BrainFloats.Round(MathF.FusedMultiplyAdd(sum, scale, BrainFloats.Widen(result[at])));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* sums, float* bias, float scale, float* result, int count)
    {
        for (int at = 0; at < count; at++)
        {
            float sum = bias == null ? sums[at] : sums[at] + bias[at];
            result[at] = MathF.FusedMultiplyAdd(sum, scale, result[at]);
        }
    }

    /// <summary>A product with B that is added to the result.</summary>
    internal struct Job
    {
        /// <summary>x Aᵀ, <c>[count, rank]</c></summary>
        public float* Low;

        public float* Up;
        public float* Bias;
        public void* Result;
        public bool IsBrainFloat;
        public float Scale;
        public int Count;
        public int Rank;
        public int Outputs;
    }
}
