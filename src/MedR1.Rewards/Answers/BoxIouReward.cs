using System.Globalization;
using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>
/// Intersection over union of the answer's box and the right box: <c>[left, top, right, bottom]</c>, or as Qwen2-VL writes it
/// <c>(left,top),(right,bottom)</c>, in square or round brackets. With several boxes, the sum over the best one-to-one pairing, divided
/// by the larger number of boxes.
/// </summary>
/// <remarks>
/// Both must use the same coordinates: rescale either the model's boxes or the right boxes. Qwen2-VL measures in thousandths of the
/// image's width and height, Qwen2.5-VL in pixels of the resized image.
/// </remarks>
public sealed partial class BoxIouReward : IReward
{
    private const int MostBoxes = 64;
    private readonly double _threshold;
    private readonly bool _requireTags;

    /// <summary>Creates the reward.</summary>
    /// <param name="threshold">Overlaps below this count as 0; object detection often uses 0.5.</param>
    /// <param name="requireTags">Whether a text without answer tags earns 0; otherwise the whole text is taken as the answer.</param>
    /// <param name="name">The name in logs and metrics; null for <c>box_iou</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is outside 0 to 1.</exception>
    public BoxIouReward(double threshold = 0, bool requireTags = true, string? name = null)
    {
        if (threshold is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "Expected an overlap from 0 to 1.");
        }

        _threshold = threshold;
        _requireTags = requireTags;
        Name = RewardName.Or(name, "box_iou");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>Abstains if the example's answer contains no box.</remarks>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<Box> reference = Find(context.Example.Answer);
        return ValueTask.FromResult<double?>(reference.Count == 0 ? null
            : AnswerText.Of(context.Text, _requireTags) is string answer
                ? Score(Find(answer), reference, _threshold) : 0.0);
    }

    /// <summary>The reward of boxes: 0 to 1.</summary>
    /// <param name="predicted">The boxes in the answer; more than 64 earn 0.</param>
    /// <param name="reference">The boxes of the reference answer.</param>
    /// <param name="threshold">Overlaps below this count as 0.</param>
    public static double Score(IReadOnlyList<Box> predicted, IReadOnlyList<Box> reference, double threshold = 0)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(reference);
        if (predicted.Count == 0 || reference.Count == 0 || predicted.Count > MostBoxes || reference.Count > MostBoxes)
        {
            return 0.0;
        }

        double[,] overlaps = new double[predicted.Count, reference.Count];
        for (int i = 0; i < predicted.Count; i++)
        {
            for (int j = 0; j < reference.Count; j++)
            {
                double overlap = predicted[i].IntersectionOverUnion(reference[j]);
                overlaps[i, j] = overlap >= threshold ? overlap : 0;
            }
        }

        return Assignment.LargestSum(overlaps) / Math.Max(predicted.Count, reference.Count);
    }

    /// <summary>The boxes in a text: four numbers in brackets or two points of two, with left ≤ right and top ≤ bottom.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<Box> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. BoxPattern().Matches(text)
            .Select(match => match.Groups.Values.Skip(1)
                .Select(group => double.Parse(group.Value, NumberStyles.Float, CultureInfo.InvariantCulture)).ToArray())
            .Where(edges => edges[0] <= edges[2] && edges[1] <= edges[3])
            .Select(edges => new Box(edges[0], edges[1], edges[2], edges[3]))];
    }

    [GeneratedRegex(
        @"[\[(]\s*(-?[0-9]+(?:\.[0-9]+)?)\s*,\s*(-?[0-9]+(?:\.[0-9]+)?)\s*(?:[\])]\s*,\s*[\[(]|,)\s*(-?[0-9]+(?:\.[0-9]+)?)\s*,"
        + @"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*[\])]",
        RegexOptions.CultureInvariant)]
    private static partial Regex BoxPattern();
}
