using System.Globalization;

namespace MedR1.Rewards;

/// <summary>
/// 1 if the answer's number equals the right number within a tolerance, after converting units, else 0. An answer with several
/// numbers, none, or a unit that is unknown or of a different dimension earns 0.
/// </summary>
public sealed class NumericReward : IReward
{
    private readonly NumericOptions _options;
    private readonly NumberReader _reader;

    /// <summary>Creates the reward.</summary>
    /// <param name="options">Tolerances and units; null for exact numbers with <see cref="NumericOptions.MedicalUnits"/>.</param>
    /// <param name="name">The name in logs and metrics; null for <c>number</c>.</param>
    /// <exception cref="ArgumentException">A tolerance or a unit's factor is out of range.</exception>
    public NumericReward(NumericOptions? options = null, string? name = null)
    {
        _options = options ?? new NumericOptions();
        if (!(_options.AbsoluteTolerance >= 0 && _options.RelativeTolerance >= 0))
        {
            throw new ArgumentException(
                $"AbsoluteTolerance is {_options.AbsoluteTolerance.ToText()} and RelativeTolerance {_options.RelativeTolerance.ToText()}, "
                + "expected at least 0.",
                nameof(options));
        }

        _reader = new NumberReader(_options.Units);
        Name = RewardName.Or(name, "number");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>Abstains if the example's answer does not contain exactly one number, with a known unit.</remarks>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_reader.Read(context.Example.Answer) is not Quantity reference)
        {
            return ValueTask.FromResult<double?>(null);
        }

        string? answer = AnswerText.Of(context.Text, _options.RequireTags);
        bool isCorrect = answer is not null && _reader.Read(answer) is Quantity predicted && Agree(predicted, reference);
        return ValueTask.FromResult<double?>(isCorrect ? 1.0 : 0.0);
    }

    /// <summary>The number found in a text, in the base unit of its dimension, for messages and tests.</summary>
    /// <param name="text">The text.</param>
    /// <returns>For example <c>12 mm</c>, or null if there is not exactly one number, with a known unit.</returns>
    public string? Describe(string text) => _reader.Read(text) is not Quantity quantity ? null
        : string.Create(CultureInfo.InvariantCulture, $"{quantity.Value} {quantity.Dimension}").Trim();

    private bool Agree(Quantity predicted, Quantity reference)
    {
        bool sameKind = predicted.Dimension == reference.Dimension || (predicted.Dimension.Length == 0 && !_options.RequireUnit);
        double value = predicted.Dimension.Length == 0 && sameKind ? predicted.Value * reference.Factor : predicted.Value;
        double allowed = _options.AbsoluteTolerance * reference.Factor + _options.RelativeTolerance * Math.Abs(reference.Value);

        // 0.07 cm becomes 0.7000000000000001 mm: conversions may lose the last digits.
        return sameKind && Math.Abs(value - reference.Value) <= allowed + 1e-12 * Math.Abs(reference.Value);
    }
}
