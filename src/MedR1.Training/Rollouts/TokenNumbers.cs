using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>Per-token numbers of a rollout, kept in host memory. B rows, T tokens.</summary>
internal static class TokenNumbers
{
    /// <summary>Computes numbers without gradients, pass by pass of a plan.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="plan">The rollout's completions by pass.</param>
    /// <param name="compute">Returns <c>[B, T]</c> float32 for the rows of a pass; the result is not disposed.</param>
    /// <param name="cancellationToken">Cancels between passes.</param>
    /// <returns>The numbers by group and completion; null for a completion that takes no part.</returns>
    public static float[][][] Record(
        Rollout rollout, IReadOnlyList<PlannedStep> plan, Func<IReadOnlyList<PackedGroup>, Tensor> compute,
        CancellationToken cancellationToken)
    {
        float[][][] numbers = [.. rollout.Groups.Select(group => new float[group.Completions.Count][])];
        using IDisposable guard = no_grad();
        foreach (MicroBatch batch in plan.SelectMany(step => step.MicroSteps)
            .Select(rows => MicroBatch.Build(rollout, rows, false)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            if (batch.Packed.Count == 0)
            {
                continue;
            }

            Tensor values_BT = compute(batch.Packed).cpu();

            // A pass may contain a row that takes no part.
            foreach ((int place, int row) in batch.ForwardRows.Index().Where(row => batch.LengthOf(row.Item) > 0))
            {
                Spread(values_BT[place], batch, row, numbers);
            }
        }

        return numbers;
    }

    /// <summary><c>[B, T]</c> the numbers of a pass's rows; 0 after their end, and in rows that are left out of the pass.</summary>
    public static Tensor ToMatrix(
        IReadOnlyList<IReadOnlyList<float[]>> numbers, MicroBatch batch, Device device)
    {
        float[] values = new float[batch.Rows.Count * batch.Width];
        foreach (int row in batch.ForwardRows.Where(row => batch.LengthOf(row) > 0))
        {
            CompletionIndex index = batch.Rows[row];
            numbers[index.Group][index.Sample].CopyTo(values, row * batch.Width);
        }

        return tensor(values, [batch.Rows.Count, batch.Width], device: device);
    }

    /// <summary>
    /// <c>[B, T]</c> log-probabilities with which the sampler drew a pass's tokens; NaN if it reported none, and in rows that are left out
    /// of the pass.
    /// </summary>
    public static Tensor OfSampler(Rollout rollout, MicroBatch batch, Device device)
    {
        float[] values = new float[batch.Rows.Count * batch.Width];
        Array.Fill(values, float.NaN);
        foreach (int row in batch.ForwardRows)
        {
            Completion completion = rollout.CompletionAt(batch.Rows[row]);
            if (completion.ProcessedLogProbabilities.Count == completion.TokenCount)
            {
                completion.ProcessedLogProbabilities.ToArray().CopyTo(values, row * batch.Width);
            }
        }

        return tensor(values, [batch.Rows.Count, batch.Width], device: device);
    }

    /// <summary>Distributes the <c>[B, T]</c> numbers of a pass's rows by group and completion.</summary>
    public static void Spread(Tensor numbers_BT, MicroBatch batch, float[][][] places)
    {
        for (int row = 0; row < batch.Rows.Count; row++)
        {
            Spread(numbers_BT[row], batch, row, places);
        }
    }

    private static void Spread(Tensor numbers_T, MicroBatch batch, int row, float[][][] places)
    {
        (int group, int sample) = batch.Rows[row];
        Tensor own_T = numbers_T.narrow(0, 0, batch.LengthOf(row)).to(ScalarType.Float32).contiguous();
        places[group][sample] = own_T.data<float>().ToArray();
    }
}
