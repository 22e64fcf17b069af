using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// Validated inputs converted to one type, with masked positions set to 0 before anything is computed: otherwise a masked NaN or
/// infinity would reach the gradient as 0 × NaN. Suffixes: B rows, T tokens, 1 a broadcast axis.
/// </summary>
internal sealed class PolicyBatch
{
    private PolicyBatch(PolicyLossInputs inputs)
    {
        Inputs = inputs;
        Tensor logProbabilities = inputs.LogProbabilities;
        DataType = Guard.WideType(logProbabilities);
        Active_BT = inputs.Mask.to(ScalarType.Bool);
        Padding_BT = Active_BT.logical_not();
        Mask_BT = Active_BT.to(DataType);
        Tokens_B = Mask_BT.sum(1);
        TokenCount = Tokens_B.sum();
        LogProbabilities_BT = Clean(logProbabilities);
        Old_BT = inputs.OldLogProbabilities is null
            ? LogProbabilities_BT.detach() : Clean(inputs.OldLogProbabilities.detach());
        Reference_BT = inputs.ReferenceLogProbabilities is null
            ? null : Clean(inputs.ReferenceLogProbabilities.detach());
        Entropies_BT = inputs.Entropies is null ? null : Clean(inputs.Entropies);
        Tensor advantages = inputs.Advantages.detach();
        HasTokenAdvantages = advantages.dim() == 2;
        Advantages = HasTokenAdvantages ? Clean(advantages) : advantages.to(DataType).unsqueeze(1);
    }

    public PolicyLossInputs Inputs { get; }

    public ScalarType DataType { get; }

    public Tensor Active_BT { get; }

    public Tensor Padding_BT { get; }

    public Tensor Mask_BT { get; }

    public Tensor Tokens_B { get; }

    public Tensor TokenCount { get; }

    public Tensor LogProbabilities_BT { get; }

    public Tensor Old_BT { get; }

    public Tensor? Reference_BT { get; }

    public Tensor? Entropies_BT { get; }

    /// <summary>The tokens <c>[B, T]</c> that an objective has chosen for its terms, kept for its metrics.</summary>
    public Tensor? Chosen_BT { get; set; }

    /// <summary>Whether each token has its own advantage.</summary>
    public bool HasTokenAdvantages { get; }

    /// <summary><c>[B, 1]</c>, or <c>[B, T]</c> if each token has its own advantage.</summary>
    public Tensor Advantages { get; }

    public long Rows => Active_BT.shape[0];

    public double RowsInStep => Inputs.RowsInStep ?? (double)Rows * Inputs.AccumulationSteps;

    public static PolicyBatch Prepare(PolicyLossInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Check(inputs);
        return new PolicyBatch(inputs);
    }

    /// <summary>The sampler's log-probabilities in the batch's type; still NaN at tokens that the sampler did not score.</summary>
    public Tensor? Sampler_BT() => Inputs.SamplerLogProbabilities?.detach().to(DataType);

    private Tensor Clean(Tensor value) => value.to(DataType).FilledWhere(Padding_BT, 0);

    private static void Check(PolicyLossInputs inputs)
    {
        Require(inputs.LogProbabilities, nameof(inputs.LogProbabilities));
        Require(inputs.Mask, nameof(inputs.Mask));
        Require(inputs.Advantages, nameof(inputs.Advantages));
        Guard.Matrix(inputs.LogProbabilities, nameof(inputs.LogProbabilities));
        Guard.FloatingPoint(inputs.LogProbabilities, nameof(inputs.LogProbabilities));
        if (inputs.LogProbabilities.numel() == 0)
        {
            throw new ArgumentException(
                $"LogProbabilities has shape {Guard.Show(inputs.LogProbabilities)}: give at least one row and "
                + "one column.",
                nameof(inputs));
        }

        Guard.SameShape(inputs.Mask, inputs.LogProbabilities, nameof(inputs.Mask), nameof(inputs.LogProbabilities));
        CheckOptional(inputs.OldLogProbabilities, nameof(inputs.OldLogProbabilities), inputs);
        CheckOptional(inputs.ReferenceLogProbabilities, nameof(inputs.ReferenceLogProbabilities), inputs);
        CheckOptional(inputs.SamplerLogProbabilities, nameof(inputs.SamplerLogProbabilities), inputs);
        CheckOptional(inputs.Entropies, nameof(inputs.Entropies), inputs);
        long rows = inputs.LogProbabilities.shape[0];
        bool byToken = inputs.Advantages.dim() == 2
            && inputs.Advantages.shape.AsSpan().SequenceEqual(inputs.LogProbabilities.shape);
        if (!byToken && (inputs.Advantages.dim() != 1 || inputs.Advantages.shape[0] != rows))
        {
            throw new ArgumentException(
                $"Advantages has shape {Guard.Show(inputs.Advantages)}, expected [{rows}] or "
                + $"{Guard.Show(inputs.LogProbabilities)}: one advantage for each row, or each token, of "
                + "LogProbabilities.", nameof(inputs));
        }

        CheckCounts(inputs, rows);
    }

    private static void CheckCounts(PolicyLossInputs inputs, long rows)
    {
        if (inputs.AccumulationSteps < 1)
        {
            throw new ArgumentException(
                $"AccumulationSteps is {inputs.AccumulationSteps}, expected at least 1: the micro-batches of the step.",
                nameof(inputs));
        }

        if (inputs.RowsInStep is int rowsInStep && rowsInStep < rows)
        {
            throw new ArgumentException(
                $"RowsInStep is {rowsInStep}, but this micro-batch alone has {rows}: give the row count of the whole "
                + "optimizer step.",
                nameof(inputs));
        }

        if (inputs.NonEmptyRowsInStep is < 0 || inputs.NonEmptyRowsInStep > inputs.RowsInStep)
        {
            throw new ArgumentException(
                $"NonEmptyRowsInStep is {inputs.NonEmptyRowsInStep}, expected 0 to RowsInStep: count the rows of the whole "
                + "optimizer step that have an active token.",
                nameof(inputs));
        }

        if (inputs.TokensInStep is double tokens && !(double.IsFinite(tokens) && tokens >= 0))
        {
            throw new ArgumentException(
                $"TokensInStep is {tokens.ToText()}, expected the active tokens of the whole optimizer step.", nameof(inputs));
        }
    }

    private static void Require(Tensor? value, string name)
    {
        if (value is null)
        {
            throw new ArgumentException($"{name} is null: every loss needs it.", name);
        }
    }

    private static void CheckOptional(Tensor? value, string name, PolicyLossInputs inputs)
    {
        if (value is not null)
        {
            Guard.SameShape(value, inputs.LogProbabilities, name, nameof(inputs.LogProbabilities));
            Guard.FloatingPoint(value, name);
        }
    }
}
