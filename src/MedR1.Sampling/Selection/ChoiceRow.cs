namespace MedR1.Sampling;

/// <summary>The inputs for choosing a row's next token, besides its logits.</summary>
/// <param name="Logits">The row of the logits; rows with the same tokens so far share one.</param>
/// <param name="Uniform">The uniform number that the token is sampled with.</param>
/// <param name="NewTokenCount">The number of tokens that the row has generated so far.</param>
/// <param name="RowSlot">The slot of the row's history.</param>
internal readonly record struct ChoiceRow(int Logits, double Uniform, int NewTokenCount, int RowSlot)
{
    /// <summary>The tokens that the row has generated so far.</summary>
    public IReadOnlyList<int> NewTokens { get; init; } = [];

    /// <summary>The row's prompt; null if there is none.</summary>
    public VqaPrompt? Prompt { get; init; }
}
