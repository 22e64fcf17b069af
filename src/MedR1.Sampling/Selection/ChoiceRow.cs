namespace MedR1.Sampling;

/// <summary>What the choice of a row's next token depends on beside its logits.</summary>
/// <param name="Logits">The row of the logits; rows that have said the same share one.</param>
/// <param name="Uniform">The number that it is drawn with.</param>
/// <param name="NewTokenCount">Tokens that the row has said so far.</param>
/// <param name="RowSlot">Where its history is.</param>
internal readonly record struct ChoiceRow(int Logits, double Uniform, int NewTokenCount, int RowSlot)
{
    /// <summary>What it has said so far.</summary>
    public IReadOnlyList<int> NewTokens { get; init; } = [];

    /// <summary>Its prompt; null where there is none.</summary>
    public VqaPrompt? Prompt { get; init; }
}
