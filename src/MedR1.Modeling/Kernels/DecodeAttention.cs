using System.Buffers;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention of one new token per row to the row's prompt and completion, on the CPU, with sums in float32. The keys and
/// values of a prompt are read once for all rows of a run. A row's result does not depend on other rows, bit for bit.
/// </summary>
internal static unsafe class DecodeAttention
{
    // The maximum number of rows that share one read of the prompt: enough to keep the processor busy, few enough for its cache.
    private const int LongestRun = 16;

    // Fewer products than this take less time than starting a second thread.
    private const long FewestProducts = 1 << 16;

    /// <summary>Whether the kernel supports the device and data type of a cache.</summary>
    public static bool Fits(SlotKeyValueCache cache) => cache.Device.type == DeviceType.CPU
        && cache.DataType is ScalarType.Float32 or ScalarType.BFloat16;

    /// <summary>Creates the plan of a step.</summary>
    public static DecodePlan Plan(IReadOnlyList<DecodeRow> rows, SlotKeyValueCache cache)
    {
        // Runs are shorter if there would otherwise be fewer parts than threads.
        long wanted = (long)rows.Count * cache.KeyValueHeads / Math.Max(1, get_num_threads());
        return new DecodePlan(rows, cache, (int)Math.Clamp(wanted, 1, LongestRun));
    }

    /// <summary>Appends the tokens' keys and values to the rows in the cache and computes attention.</summary>
    /// <param name="queries"><c>[rows, heads, d]</c></param>
    /// <param name="keys"><c>[rows, key-value heads, d]</c></param>
    /// <param name="values"><c>[rows, key-value heads, d]</c></param>
    /// <param name="layer">The layer.</param>
    /// <param name="plan">The rows.</param>
    /// <param name="cache">The cache.</param>
    /// <returns><c>[rows, heads · d]</c></returns>
    public static Tensor Attend(
        Tensor queries, Tensor keys, Tensor values, int layer, DecodePlan plan, SlotKeyValueCache cache)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor q = queries.contiguous(), k = keys.contiguous(), v = values.contiguous();
        Tensor result = empty(q.shape[0], q.shape[1] * q.shape[2], dtype: cache.DataType, device: CPU);
        fixed (DecodeRow* rows = plan.Rows)
        fixed (DecodePlan.Run* runs = plan.Runs)
        {
            Job job = JobOf(layer, cache);
            job.Rows = rows;
            job.Runs = runs;
            job.RunCount = plan.Runs.Length;
            job.Queries = (byte*)TensorMemory.AddressOf(q);
            job.NewKeys = (byte*)TensorMemory.AddressOf(k);
            job.NewValues = (byte*)TensorMemory.AddressOf(v);
            job.Result = (byte*)TensorMemory.AddressOf(result);
            job.QueriesPerHead = (int)q.shape[1] / cache.KeyValueHeads;
            long products = q.numel() * plan.Runs.Max(run => run.PromptLength + (long)run.LongestOwn);
            TorchThreads.Run(Divide(job), &Compute, &job, isShort: products < FewestProducts);
        }

        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Creates a job for a layer of a cache; the caller sets rows, queries and results.</summary>
    public static Job JobOf(int layer, SlotKeyValueCache cache)
    {
        (Tensor promptKeys, Tensor promptValues) = cache.Prompts(layer);
        (Tensor rowKeys, Tensor rowValues) = cache.Rows(layer);
        return new()
        {
            PromptKeys = (byte*)TensorMemory.AddressOf(promptKeys),
            PromptValues = (byte*)TensorMemory.AddressOf(promptValues),
            RowKeys = (byte*)TensorMemory.AddressOf(rowKeys),
            RowValues = (byte*)TensorMemory.AddressOf(rowValues),
            Heads = cache.KeyValueHeads,
            Width = cache.HeadSize,
            PromptCapacity = cache.PromptCapacity,
            RowCapacity = cache.CompletionCapacity,
            IsBrainFloat = cache.DataType == ScalarType.BFloat16,
        };
    }

    /// <summary>Returns the number of parts of a job, one for each run and key-value head.</summary>
    public static int Divide(in Job job) => job.RunCount * job.Heads;

    /// <summary>Computes a part of a job.</summary>
    public static void Compute(void* state, int part)
    {
        Job* job = (Job*)state;
        DecodePlan.Run run = job->Runs[part / job->Heads];
        int head = part % job->Heads;
        int d = job->Width;

        // Rows of the run × query heads of the key-value head.
        int n = run.Count * job->QueriesPerHead;
        int stride = run.PromptLength + run.LongestOwn;
        int widened = job->IsBrainFloat ? Math.Max(run.PromptLength, run.LongestOwn) * d : 0;
        float[] rented = ArrayPool<float>.Shared.Rent(2 * n * d + n * stride + widened + 64);
        fixed (float* start = rented)
        {
            float* queries = (float*)(((nint)start + 63) & ~63);
            float* sums = queries + n * d;
            float* scratch = sums + n * d;
            float* scores = scratch + widened;
            Gather(job, run, head, queries);
            Score(job, run, head, queries, scores, stride, scratch);
            new Span<float>(sums, n * d).Clear();
            Sum(job, run, head, scores, stride, sums, scratch);
            Scatter(job, run, head, sums);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    // Reads the run's queries for the key-value head, and writes the new keys and values to the cache.
    private static void Gather(Job* job, DecodePlan.Run run, int head, float* queries)
    {
        int d = job->Width, perHead = job->QueriesPerHead;
        long bytes = (long)d * job->ElementSize;
        for (int i = 0; i < run.Count; i++)
        {
            long row = run.First + i;
            DecodeRow own = job->Rows[row];
            long source = (row * job->Heads + head) * bytes;
            long target = (((long)own.RowSlot * job->Heads + head) * job->RowCapacity + own.Length) * bytes;
            Buffer.MemoryCopy(job->NewKeys + source, job->RowKeys + target, bytes, bytes);
            Buffer.MemoryCopy(job->NewValues + source, job->RowValues + target, bytes, bytes);
            int count = perHead * d;
            job->Read(job->Queries + (row * job->Heads + head) * perHead * bytes, queries + i * count, count);
        }
    }

    private static void Score(
        Job* job, DecodePlan.Run run, int head, float* queries, float* scores, int stride, float* scratch)
    {
        int d = job->Width, perHead = job->QueriesPerHead, prompt = run.PromptLength;
        float* keys = job->Prompt(job->PromptKeys, run, head, scratch);
        FloatProduct.Block(queries, keys, scores, run.Count * perHead, d, prompt, stride);
        float scale = (float)(1 / Math.Sqrt(d));
        for (int i = 0; i < run.Count; i++)
        {
            DecodeRow own = job->Rows[run.First + i];
            float* mine = scores + (long)i * perHead * stride;
            keys = job->Own(job->RowKeys, own, head, scratch);
            FloatProduct.Block(queries + i * perHead * d, keys, mine + prompt, perHead, d, own.Length + 1, stride);
            for (int query = 0; query < perHead; query++)
            {
                RowSoftmax.Apply(mine + query * stride, prompt + own.Length + 1, scale);
            }
        }
    }

    private static void Sum(
        Job* job, DecodePlan.Run run, int head, float* weights, int stride, float* sums, float* scratch)
    {
        int d = job->Width, perHead = job->QueriesPerHead, prompt = run.PromptLength;
        float* values = job->Prompt(job->PromptValues, run, head, scratch);
        WeightedRows.Add(weights, values, sums, run.Count * perHead, prompt, d, stride);
        for (int i = 0; i < run.Count; i++)
        {
            DecodeRow own = job->Rows[run.First + i];
            values = job->Own(job->RowValues, own, head, scratch);
            WeightedRows.Add(
                weights + (long)i * perHead * stride + prompt, values, sums + i * perHead * d, perHead, own.Length + 1,
                d, stride);
        }
    }

    private static void Scatter(Job* job, DecodePlan.Run run, int head, float* sums)
    {
        int count = job->QueriesPerHead * job->Width;
        for (int i = 0; i < run.Count; i++)
        {
            long at = ((long)(run.First + i) * job->Heads + head) * count;
            if (job->IsBrainFloat)
            {
                BrainFloats.Round(sums + i * count, (ushort*)job->Result + at, count);
            }
            else
            {
                Buffer.MemoryCopy(sums + i * count, (float*)job->Result + at, count * 4L, count * 4L);
            }
        }
    }

    /// <summary>The attention of one layer in a step.</summary>
    internal struct Job
    {
        public DecodeRow* Rows;
        public DecodePlan.Run* Runs;
        public int RunCount;
        public byte* Queries;
        public byte* NewKeys;
        public byte* NewValues;
        public byte* Result;
        public byte* PromptKeys;
        public byte* PromptValues;
        public byte* RowKeys;
        public byte* RowValues;
        public int Heads;
        public int QueriesPerHead;
        public int Width;
        public int PromptCapacity;
        public int RowCapacity;
        public bool IsBrainFloat;

        public readonly int ElementSize => IsBrainFloat ? sizeof(ushort) : sizeof(float);

        public readonly float* Prompt(byte* all, DecodePlan.Run run, int head, float* scratch) =>
            View(all, ((long)run.PromptSlot * Heads + head) * PromptCapacity, run.PromptLength, scratch);

        public readonly float* Own(byte* all, DecodeRow row, int head, float* scratch) =>
            View(all, ((long)row.RowSlot * Heads + head) * RowCapacity, row.Length + 1, scratch);

        public readonly void Read(byte* source, float* target, int count)
        {
            if (IsBrainFloat)
            {
                BrainFloats.Widen((ushort*)source, target, count);
            }
            else
            {
                Buffer.MemoryCopy(source, target, count * 4L, count * 4L);
            }
        }

        // Returns float32 vectors in place, and widens bfloat16 vectors to the scratch memory.
        private readonly float* View(byte* all, long firstVector, int vectors, float* scratch)
        {
            byte* source = all + firstVector * Width * ElementSize;
            if (!IsBrainFloat)
            {
                return (float*)source;
            }

            BrainFloats.Widen((ushort*)source, scratch, vectors * Width);
            return scratch;
        }
    }
}
