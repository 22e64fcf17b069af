using MedR1.Benchmarks.RealShape;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Benchmarks.Devices;

/// <summary>
/// GRPO updates on a device, in bf16: of a LoRA adapter, with the adapter off as the reference, or of all weights, with a copy as
/// the reference. Every form is run several times, the first as a warm-up; the fastest of the others counts.
/// </summary>
internal static class DeviceUpdate
{
    /// <summary>What to measure.</summary>
    /// <param name="Rows">The number of completions of the group.</param>
    /// <param name="NewTokens">The lengths of completions, each measured separately.</param>
    /// <param name="Rank">The rank of the adapter.</param>
    /// <param name="Whole">Whether all weights are trained, without an adapter.</param>
    /// <param name="Recompute">Whether layers are recomputed in the backward pass.</param>
    /// <param name="Plain">Whether the plain form is measured too.</param>
    /// <param name="Times">The number of measured updates of each form.</param>
    public sealed record Plan(
        int Rows, IReadOnlyList<int> NewTokens, int Rank, bool Whole, bool Recompute, bool Plain, int Times);

    public static void Run(string folder, Device device, Plan plan, TextWriter console, CancellationToken cancellationToken)
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
            folder, device, ScalarType.BFloat16, cancellationToken: cancellationToken);
        policy.Checkpointing.IsEnabled = plan.Recompute;
        using LoraPolicy? lora = plan.Whole ? null : LoraPolicy.Create(policy, UpdateWork.Adapter(plan.Rank), seed: 1);
        using IVisionLanguagePolicy reference = lora?.CreateReference() ?? policy.CloneFrozen();
        IVisionLanguagePolicy trained = lora ?? (IVisionLanguagePolicy)policy;
        using AdamWOptimizer optimizer = new(ParameterGroups.Create(lora?.AdapterParameters ?? policy.Parameters, 1e-6));
        string what = plan.Whole ? "all weights" : $"adapter of rank {plan.Rank}";
        console.WriteLine($"{what}, {plan.Rows} rows; {DeviceMemory.Show(device)} in use before the first update");
        LiveTable table = new(
            console, "update", "whole", "reference", "forward", "backward", "optimizer", "memory in use");

        // From the smallest to the largest, because a process keeps memory that it has used.
        foreach (bool isPlain in plan.Plain ? (bool[])[false, true] : [false])
        {
            foreach (int newTokens in plan.NewTokens)
            {
                cancellationToken.ThrowIfCancellationRequested();
                PackedGroup[] groups = UpdateWork.Groups(policy, plan.Rows, newTokens, isPlain);
                double[] best = Enumerable.Range(0, plan.Times + 1)
                    .Select(_ => Update(trained, reference, groups, newTokens, optimizer, device))
                    .Skip(1).MinBy(parts => parts.Sum())!;
                table.Add(
                [
                    $"MedR1, {what}, {newTokens} new tokens, {(isPlain ? "each row with its prompt" : "prompt and picture once")}",
                    .. best.Prepend(best.Sum()).Select(seconds => $"{seconds * 1000:F0} ms"), DeviceMemory.Show(device),
                ]);
            }
        }
    }

    // Seconds of the reference including its tower, forward, backward and optimizer.
    private static double[] Update(
        IVisionLanguagePolicy trained, IVisionLanguagePolicy reference, PackedGroup[] groups, int newTokens,
        AdamWOptimizer optimizer, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        TokenStatisticsOptions options = new();
        Tensor? features = null;
        Tensor? reference_BT = null;
        double first = DeviceLimits.Time(device, () =>
        {
            using IDisposable noGradient = no_grad();

            // Like the trainer: images once for policy and reference if the tower isn't trained.
            features = trained.SharesVisionWith(reference)
                ? trained.EncodeImages([.. groups.Select(group => group.Prompt)]) : null;
            reference_BT = reference.TokenLogProbabilities(groups, options, features).LogProbabilities;
        });
        Tensor? loss = null;
        double forward = DeviceLimits.Time(device, () => loss = UpdateWork.Loss(
            trained.TokenLogProbabilities(groups, options, features), reference_BT!, newTokens));
        double backward = DeviceLimits.Time(device, () => loss!.backward());
        double step = DeviceLimits.Time(device, () => optimizer.Step());
        optimizer.ZeroGradients();
        return [first, forward, backward, step];
    }
}
