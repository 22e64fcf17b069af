using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// The completions of one forward and backward pass, sorted so that those of the same prompt are adjacent, as the policy packs them. Only
/// completions that can have a gradient go through the policy, or a single other one if there are none; all are rows of the loss.
/// </summary>
internal sealed class MicroBatch
{
    private readonly long[] _lengths;

    private MicroBatch(Rollout rollout, CompletionIndex[] rows, int[] forwardRows)
    {
        Rows = rows;
        ForwardRows = forwardRows;
        Width = Math.Max(1, rows.Max(row => rollout.CompletionAt(row).TokenCount));
        _lengths = [.. rows.Select(row => rollout.IsActive(row) ? (long)rollout.CompletionAt(row).TokenCount : 0L)];
        Packed = Pack(rollout, [.. forwardRows.Select(row => rows[row])]);
    }

    /// <summary>The completions, in the order of the loss's rows.</summary>
    public IReadOnlyList<CompletionIndex> Rows { get; }

    /// <summary>The rows that go through the policy, in the policy's order.</summary>
    public int[] ForwardRows { get; }

    /// <summary>The number of columns: the tokens of the longest completion.</summary>
    public int Width { get; }

    /// <summary>The input of the policy; empty if no row has a token.</summary>
    public IReadOnlyList<PackedGroup> Packed { get; }

    /// <summary>Sorts and packs completions.</summary>
    /// <param name="rollout">The rollout of the completions.</param>
    /// <param name="rows">The completions.</param>
    /// <param name="skipsZeroAdvantage">
    /// Whether completions with advantage 0 have no gradient and are left out of the pass.
    /// </param>
    public static MicroBatch Build(Rollout rollout, IReadOnlyList<CompletionIndex> rows, bool skipsZeroAdvantage)
    {
        List<int> groups = [.. rows.Select(row => row.Group).Distinct()];
        CompletionIndex[] sorted = [.. rows.OrderBy(row => groups.IndexOf(row.Group))];
        int[] active = [.. Enumerable.Range(0, sorted.Length).Where(row => rollout.IsActive(sorted[row]))];
        int[] learning = skipsZeroAdvantage ? [.. active.Where(row => rollout.AdvantageAt(sorted[row]) != 0)] : active;

        // If no row learns, or none with an image, one row is included anyway, even one that was cut off if need be: to the optimizer, a
        // gradient of exactly 0, for the network or its vision tower, differs from none.
        int[] missing = [.. Enumerable.Range(0, sorted.Length)
            .Where(row => rollout.CompletionAt(sorted[row]).TokenCount > 0)
            .Where(row => learning.Length == 0 || (HasImage(row) && !learning.Any(HasImage)))
            .OrderByDescending(HasImage)
            .ThenByDescending(active.Contains)
            .ThenBy(row => rollout.CompletionAt(sorted[row]).TokenCount)
            .Take(1)];
        return new MicroBatch(rollout, sorted, [.. learning.Concat(missing).Order()]);

        bool HasImage(int row) => rollout.Prompts[sorted[row].Group].Images.Count > 0;
    }

    /// <summary>The number of tokens of a row that contribute to the loss.</summary>
    public long LengthOf(int row) => _lengths[row];

    /// <summary><c>[rows, width]</c> bool, true at the tokens that contribute to the loss.</summary>
    public Tensor Mask(Device device)
    {
        using Tensor lengths_B = tensor(_lengths, device: device);
        using Tensor lengths_B1 = lengths_B.unsqueeze(1);
        using Tensor places_T = TensorArithmetic.CountTo(Width, device);
        return places_T.lt(lengths_B1);
    }

    private static List<PackedGroup> Pack(Rollout rollout, CompletionIndex[] rows) =>
        [.. rows.GroupBy(row => row.Group).Select(group => new PackedGroup(
            rollout.Prompts[group.Key], [.. group.Select(row => rollout.CompletionAt(row).TokenIds)]))];
}
