using System.Buffers;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// <c>softmax(q kᵀ / √d) v</c> for short sequences in float32 on the CPU, and its gradients. A part is one sequence and key-value
/// head: its vectors are gathered, and the products and the softmax then run in the processor's cache. The result of a sequence
/// does not depend on other sequences, bit for bit.
/// </summary>
/// <remarks>
/// Shapes: t queries of a part, ordered by query head and then by query, and s keys.
/// </remarks>
internal static unsafe class SequenceAttention
{
    /// <summary>Computes attention.</summary>
    /// <param name="job">The vectors; gradients are ignored.</param>
    /// <param name="layout">The sequences.</param>
    public static void Forward(Job job, SequenceLayout layout) => Run(job, layout, &Forward);

    /// <summary>Computes the gradients of queries, keys and values.</summary>
    /// <param name="job">The vectors, with the attention weights written by <see cref="Forward(Job, SequenceLayout)"/>.</param>
    /// <param name="layout">The sequences.</param>
    public static void Backward(Job job, SequenceLayout layout) => Run(job, layout, &Backward);

    private static void Run(Job job, SequenceLayout layout, delegate*<void*, int, void> body)
    {
        fixed (SequenceLayout.Sequence* sequences = layout.Sequences)
        fixed (SequenceLayout.Sight* sights = layout.Sights)
        fixed (int* queryRows = layout.QueryRows)
        fixed (int* keyRows = layout.KeyRows)
        fixed (int* keyGradientRows = layout.KeyGradientRows)
        {
            job.Sequences = sequences;
            job.Sights = sights;
            job.QueryRows = queryRows;
            job.KeyRows = keyRows;
            job.KeyGradientRows = keyGradientRows;
            TorchThreads.Run(layout.Sequences.Length * job.KeyValueHeads, body, &job);
        }
    }

    private static void Forward(void* state, int part)
    {
        Job* job = (Job*)state;
        SequenceLayout.Sequence sequence = job->Sequences[part / job->KeyValueHeads];
        int head = part % job->KeyValueHeads, d = job->Width;
        int t = sequence.QueryCount * job->QueriesPerHead, s = sequence.KeyCount;
        bool keeps = job->Weights != null;
        float[] rented = ArrayPool<float>.Shared.Rent((2 * t * d) + (2 * s * d) + (keeps ? 0 : t * s));
        fixed (float* queries = rented)
        {
            float* keys = queries + (t * d), values = keys + (s * d), attended = values + (s * d);
            float* weights = keeps ? job->WeightsOf(sequence, head) : attended + (t * d);
            job->GatherQueries(job->Queries, sequence, head, queries, job->Scale);
            job->GatherKeys(job->Keys, sequence, head, keys);
            job->GatherKeys(job->Values, sequence, head, values);

            // W = softmax(Q Kᵀ), A = W V
            TileProduct.MultiplyHere(queries, false, keys, true, weights, t, s, d);
            for (int row = 0; row < t; row++)
            {
                SequenceLayout.Sight sight = job->Sights[sequence.FirstQuery + (row % sequence.QueryCount)];
                Weigh(weights + ((long)row * s), s, sight);
            }

            TileProduct.MultiplyHere(weights, false, values, false, attended, t, d, s);
            job->ScatterQueries(attended, sequence, head, job->Result, 1);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private static void Backward(void* state, int part)
    {
        Job* job = (Job*)state;
        SequenceLayout.Sequence sequence = job->Sequences[part / job->KeyValueHeads];
        int head = part % job->KeyValueHeads, d = job->Width;
        int t = sequence.QueryCount * job->QueriesPerHead, s = sequence.KeyCount;
        float[] rented = ArrayPool<float>.Shared.Rent((3 * t * d) + (3 * s * d) + (t * s));
        fixed (float* queries = rented)
        {
            float* given = queries + (t * d), ofQueries = given + (t * d);
            float* keys = ofQueries + (t * d), values = keys + (s * d), ofKeys = values + (s * d), scores = ofKeys + (s * d);
            float* weights = job->WeightsOf(sequence, head);
            job->GatherQueries(job->Queries, sequence, head, queries, job->Scale);
            job->GatherQueries(job->Given, sequence, head, given, 1);
            job->GatherKeys(job->Keys, sequence, head, keys);
            job->GatherKeys(job->Values, sequence, head, values);

            // dV = Wᵀ dA; dW = dA Vᵀ; dS = W (dW − Σ W dW); dQ = dS K; dK = dSᵀ Q
            TileProduct.MultiplyHere(weights, true, given, false, ofKeys, s, d, t);
            job->ScatterKeys(ofKeys, sequence, head, job->OfValues);
            TileProduct.MultiplyHere(given, false, values, true, scores, t, s, d);
            for (int row = 0; row < t; row++)
            {
                RowSoftmax.Gradient(weights + ((long)row * s), scores + ((long)row * s), s);
            }

            TileProduct.MultiplyHere(scores, false, keys, false, ofQueries, t, d, s);
            job->ScatterQueries(ofQueries, sequence, head, job->OfQueries, job->Scale);
            TileProduct.MultiplyHere(scores, true, queries, false, ofKeys, s, d, t);
            job->ScatterKeys(ofKeys, sequence, head, job->OfKeys);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private static void Weigh(float* scores, int count, SequenceLayout.Sight sight)
    {
        new Span<float>(scores + sight.Shared, sight.First - sight.Shared).Fill(float.NegativeInfinity);
        RowSoftmax.Apply(scores, sight.End, 1);
        new Span<float>(scores + sight.End, count - sight.End).Clear();
    }

    /// <summary>The vectors of a flat batch and the results.</summary>
    internal struct Job
    {
        /// <summary><c>[queries, heads, width]</c></summary>
        public float* Queries;

        /// <summary><c>[keys, key-value heads, width]</c></summary>
        public float* Keys;

        /// <summary><c>[keys, key-value heads, width]</c></summary>
        public float* Values;

        /// <summary><c>[queries, heads, width]</c></summary>
        public float* Result;

        /// <summary>The attention weights, <c>[queries, keys]</c> for each sequence and head; null to discard them.</summary>
        public float* Weights;

        /// <summary>The gradient of the result, <c>[queries, heads, width]</c></summary>
        public float* Given;

        public float* OfQueries;

        /// <summary><c>[gradient rows of keys, key-value heads, width]</c></summary>
        public float* OfKeys;

        /// <summary><c>[gradient rows of keys, key-value heads, width]</c></summary>
        public float* OfValues;
        public int KeyValueHeads;
        public int QueriesPerHead;
        public int Width;

        /// <summary>This field and the following ones are set from the layout.</summary>
        public SequenceLayout.Sequence* Sequences;

        public SequenceLayout.Sight* Sights;
        public int* QueryRows;
        public int* KeyRows;
        public int* KeyGradientRows;

        public readonly float Scale => (float)(1 / Math.Sqrt(Width));

        public readonly float* WeightsOf(SequenceLayout.Sequence sequence, int head) =>
            Weights + (sequence.FirstScore * KeyValueHeads * QueriesPerHead)
                + ((long)head * QueriesPerHead * sequence.QueryCount * sequence.KeyCount);

        public readonly void GatherQueries(
            float* from, SequenceLayout.Sequence sequence, int head, float* to, float scale)
        {
            for (int own = 0; own < QueriesPerHead; own++)
            {
                for (int query = 0; query < sequence.QueryCount; query++, to += Width)
                {
                    Copy(from + QueryAt(sequence, head, own, query), to, scale);
                }
            }
        }

        public readonly void ScatterQueries(
            float* from, SequenceLayout.Sequence sequence, int head, float* to, float scale)
        {
            for (int own = 0; own < QueriesPerHead; own++)
            {
                for (int query = 0; query < sequence.QueryCount; query++, from += Width)
                {
                    Copy(from, to + QueryAt(sequence, head, own, query), scale);
                }
            }
        }

        public readonly void GatherKeys(float* from, SequenceLayout.Sequence sequence, int head, float* to)
        {
            for (int key = 0; key < sequence.KeyCount; key++, to += Width)
            {
                Copy(from + KeyAt(KeyRows, sequence, head, key), to, 1);
            }
        }

        public readonly void ScatterKeys(float* from, SequenceLayout.Sequence sequence, int head, float* to)
        {
            for (int key = 0; key < sequence.KeyCount; key++, from += Width)
            {
                Copy(from, to + KeyAt(KeyGradientRows, sequence, head, key), 1);
            }
        }

        private readonly long QueryAt(SequenceLayout.Sequence sequence, int head, int own, int query) =>
            (((long)QueryRows[sequence.FirstQuery + query] * KeyValueHeads * QueriesPerHead) + (head * QueriesPerHead) + own)
            * Width;

        private readonly long KeyAt(int* rows, SequenceLayout.Sequence sequence, int head, int key) =>
            (((long)rows[sequence.FirstKey + key] * KeyValueHeads) + head) * Width;

        private readonly void Copy(float* from, float* to, float scale)
        {
            int at = 0;
            for (; at + Vector512<float>.Count <= Width; at += Vector512<float>.Count)
            {
                (Vector512.Load(from + at) * scale).Store(to + at);
            }

            for (; at < Width; at++)
            {
                to[at] = from[at] * scale;
            }
        }
    }
}
